import {WORKLOADS, type Workload} from '../workloads.ts';
import {benchTasks, type Scheduler} from './bench-task.ts';
import {type DecisionCost, decisionCosts} from './decisions.ts';
import {type EndToEnd, endToEnd, RUNNERS, type RunnerName} from './end-to-end.ts';
import {type StateSize, stateSize} from './memory.ts';
import {bareCore, coordinator} from './ours.ts';
import {immerScan, mutableScan} from './scans.ts';

/** Everything that is measured of the scheduler. */
export interface SchedulerFigures {
  /** Ours alone, by workload and length of the queue. */
  readonly lengths: Readonly<Record<string, Readonly<Record<string, DecisionCost>>>>;
  /** Beside the plain scans, in turns. */
  readonly beside: Readonly<Record<string, Readonly<Record<string, DecisionCost>>>>;
  readonly wrapper: Readonly<Record<string, DecisionCost>>;
  readonly endToEnd: Readonly<Record<string, Readonly<Partial<Record<RunnerName, EndToEnd>>>>>;
  readonly memory: Readonly<Record<string, StateSize>>;
}

const LOAD = {limit: 8, agentTypes: 8};

/** Told of each figure as soon as there is one. */
export type Tell = (text: string) => void;

const us = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} us`;
const costText = ({completeUs, violations}: DecisionCost): string =>
  `mean ${us(completeUs.mean).padStart(9)}   p50 ${us(completeUs.p50).padStart(9)}   p99 ${us(completeUs.p99).padStart(9)}   violations ${violations}`;

const measureLengths = (lengths: readonly number[], tell: Tell): SchedulerFigures['lengths'] => {
  tell('one completion with dispatch, ours alone');
  const figures: Record<string, Record<string, DecisionCost>> = {};
  for (const workload of WORKLOADS) {
    const of: Record<string, DecisionCost> = {};
    for (const queued of lengths) {
      const load = {...LOAD, workload, queued};
      const completions = Math.min(2_000, queued / 2);
      const {ours} = decisionCosts(
        load,
        {ours: bareCore(8, 8)},
        {completions, warmUp: Math.min(1_000, queued / 4)},
      );
      of[queued] = ours;
      tell(`  ${workload.padEnd(20)} ${String(queued).padStart(8)} queued   ${costText(ours)}`);
    }
    figures[workload] = of;
  }
  return figures;
};

const measureBeside = (tell: Tell): SchedulerFigures['beside'] => {
  const figures: Record<string, Record<string, DecisionCost>> = {};
  const compare = (workload: Workload, queued: number, withImmer: boolean, completions: number): void => {
    tell(`${workload}, ${queued} queued, in turns`);
    const load = {...LOAD, workload, queued};
    const both = {ours: bareCore(8, 8), 'plain mutable scan': mutableScan(8)};
    const schedulers: {readonly ours: Scheduler} & Readonly<Record<string, Scheduler>> = withImmer
      ? {...both, 'xstate + immer scan': immerScan(8)}
      : both;
    const costs = decisionCosts(load, schedulers, {completions, warmUp: 100});
    figures[`${workload} ${queued}`] = costs;
    for (const [name, cost] of Object.entries(costs)) {
      const ratio = cost.completeUs.mean / (costs.ours?.completeUs.mean ?? 1);
      tell(`  ${name.padEnd(22)} ${costText(cost)}   ${ratio.toFixed(2)} times ours`);
    }
  };
  for (const workload of ['no-conflict', 'zipf', 'hot', 'directories'] as const)
    compare(workload, 10_000, true, 300);
  for (const workload of ['no-conflict', 'hot'] as const) compare(workload, 100_000, false, 500);
  return figures;
};

const measureWrapper = (tell: Tell): SchedulerFigures['wrapper'] => {
  tell('the coordinator machine around the core, 10,000 queued, in turns');
  const load = {...LOAD, workload: 'zipf' as const, queued: 10_000};
  const schedulers = {core: bareCore(8, 8), machine: coordinator(8, 8)};
  const costs = decisionCosts(load, schedulers, {completions: 2_000, warmUp: 500});
  for (const [name, cost] of Object.entries(costs))
    tell(`  ${name.padEnd(22)} ${costText(cost)}   submit ${us(cost.submitUs)}`);
  return costs;
};

const measureEndToEnd = async (tell: Tell): Promise<SchedulerFigures['endToEnd']> => {
  const figures: Record<string, Partial<Record<RunnerName, EndToEnd>>> = {};
  const names = Object.keys(RUNNERS) as RunnerName[];
  for (const [workload, count, isChecked] of [
    ['no-conflict', 10_000, false],
    ['no-conflict', 100_000, false],
    ['directories', 2_000, true],
  ] as const) {
    tell(
      `${count} tasks that do nothing, ${workload}${isChecked ? ', every start checked' : ''}, end to end`,
    );
    const tasks = benchTasks(workload, count, 8);
    const of: Partial<Record<RunnerName, EndToEnd>> = {};
    for (const name of names) {
      const figure = await endToEnd(name, tasks, 8, isChecked);
      of[name] = figure;
      const violations = isChecked ? `   violations ${figure.violations}` : '';
      tell(
        `  ${name.padEnd(26)} ${Math.round(figure.tasksPerSecond).toLocaleString('en').padStart(10)} tasks/s${violations}`,
      );
    }
    figures[`${workload} ${count}`] = of;
  }
  return figures;
};

const measureMemory = (tell: Tell): SchedulerFigures['memory'] => {
  tell('state per queued task, 100,000 queued');
  const figures: Record<string, StateSize> = {};
  for (const workload of ['no-conflict', 'zipf', 'hot'] as const) {
    const size = stateSize(workload, 100_000);
    figures[workload] = size;
    tell(
      `  ${workload.padEnd(20)} ${size.all.toFixed(0)} bytes, ${size.withoutSpec.toFixed(0)} without the task itself`,
    );
  }
  return figures;
};

/** `isLong`: up to a million queued tasks. */
export const schedulerFigures = async (isLong: boolean, tell: Tell): Promise<SchedulerFigures> => {
  const beside = measureBeside(tell);
  const wrapper = measureWrapper(tell);
  const ends = await measureEndToEnd(tell);
  const memory = measureMemory(tell);
  const lengths = measureLengths(
    isLong ? [1_000, 10_000, 100_000, 1_000_000] : [1_000, 10_000, 100_000],
    tell,
  );
  return {lengths, beside, wrapper, endToEnd: ends, memory};
};
