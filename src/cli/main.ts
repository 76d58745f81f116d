#!/usr/bin/env node
import {main} from './program.ts';
import {standardTerminals} from './standard-terminals.ts';

const terminals = standardTerminals();
const {exitCode, flushed} = await main(process.argv.slice(2));
process.exitCode = exitCode;
// What nobody reads must not keep the process alive for ever.
if (terminals.releaseClosed() || !flushed) process.exit();
