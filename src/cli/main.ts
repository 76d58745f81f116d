#!/usr/bin/env node
import {main} from './program.ts';

const {exitCode, flushed} = await main(process.argv.slice(2));
process.exitCode = exitCode;
// What nobody reads must not keep the process alive for ever.
if (!flushed) process.exit();
