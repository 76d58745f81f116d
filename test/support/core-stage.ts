import {initialState} from '../../src/core/state.ts';
import {AGENTS, type Modes, type Stage} from './core-acts.ts';
import {coreSettings} from './core-settings.ts';
import {tellCore, type World, worldAround} from './core-world.ts';

/** Changes the mode as the coordinator machine would, and whenever it is told to. */
export const changeMode = (
  {world, at, tell}: Stage,
  mode: 'running' | 'paused' | 'draining' | 'stopped',
  queued: 'keep' | 'cancel' = 'keep',
  running: 'finish' | 'stop' | 'kill' = 'finish',
): World => tellCore(world, {type: 'change-mode', at, mode, queued, running, reason: 'asked'}, tell);

/** A stage on which nothing has happened but that the coordinator began. */
export const emptyStage = (
  overtakesMax: number,
  maxParallel: number,
  tell: (what: string) => void,
): {model: Stage; real: Stage} => {
  const settings = coreSettings(AGENTS, {overtakesMax, agingMs: 50, root: '/repo'});
  const modes: Modes = {
    pause: (stage) => changeMode(stage, 'paused'),
    resume: (stage) => changeMode(stage, 'running'),
    drain: (stage, queued, running) => changeMode(stage, 'draining', queued, running),
  };
  const world = worldAround(initialState(settings, maxParallel));
  const stage: Stage = {world, at: 0, past: [], tell, modes};
  stage.world = modes.resume(stage);
  return {model: stage, real: stage};
};
