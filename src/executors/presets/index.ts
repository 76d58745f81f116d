import type {Preset} from '../program.ts';
import {claude} from './claude.ts';
import {codex} from './codex.ts';
import {gemini} from './gemini.ts';
import {opencode} from './opencode.ts';

/** The agent CLIs that `use:` knows. */
export const PRESETS: readonly Preset[] = [claude, codex, gemini, opencode];

export const presetNamed = (name: string): Preset | undefined =>
  PRESETS.find((preset) => preset.name === name);
