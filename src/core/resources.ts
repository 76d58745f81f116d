/** What of the machine tasks use up together. */
export type Resource = 'cpu' | 'memory';

export const RESOURCES: readonly Resource[] = ['cpu', 'memory'];

/** How much of each is in use, 0 to 100; `null` where the machine does not tell. */
export type ResourceUse = Readonly<Record<Resource, number | null>>;

/** From how much use on (percent) something is done about it. */
export interface Threshold {
  /** Nothing more starts. */
  readonly admit: number;
  /** The limit is lowered as well. */
  readonly lower: number;
}

export type ResourceThresholds = Readonly<Record<Resource, Threshold>>;

export const DEFAULT_THRESHOLDS: ResourceThresholds = {
  cpu: {admit: 70, lower: 80},
  memory: {admit: 70, lower: 80},
};

/** What was measured, and the threshold that it was compared with (both percent). */
export interface ResourceFigure {
  readonly resource: Resource;
  readonly percent: number;
  readonly threshold: number;
}

/** What the use of the machine allows. */
export interface ResourceGate {
  /** Nothing starts while anything runs. */
  readonly paused: boolean;
  /** At most so many at once, if that is less than `maxParallel`; `null` if it is not. */
  readonly lowered: number | null;
  /** The figure that decided it; `null` before the first look. */
  readonly because: ResourceFigure | null;
}

export const OPEN_GATE: ResourceGate = {paused: false, lowered: null, because: null};

/** Use has to fall this far (percentage points) below a threshold before it counts as below, so that a pause lasts. */
export const HYSTERESIS = 5;

/** The figure that is furthest above its threshold, or least below; `null` if nothing was measured. */
const decisive = (
  use: ResourceUse,
  thresholdOf: (resource: Resource) => number,
): (ResourceFigure & {readonly above: number}) | null => {
  let most: (ResourceFigure & {readonly above: number}) | null = null;
  for (const resource of RESOURCES) {
    const percent = use[resource];
    if (percent === null) continue;
    const threshold = thresholdOf(resource);
    const above = percent - threshold;
    if (most === null || above > most.above) most = {resource, percent, threshold, above};
  }
  return most;
};

const figureOf = ({resource, percent, threshold}: ResourceFigure): ResourceFigure => ({
  resource,
  percent,
  threshold,
});

/**
 * What is allowed after one more look at the machine.
 *
 * At `admit` or above nothing more starts. At `lower` or above the limit goes below what runs now as well, by one with
 * each look, so that fewer run once the pause is over. Well below `admit` the pause ends, and the limit comes back by one
 * with each look: down at once and up slowly, as congestion is dealt with in networks (Jacobson 1988). The limit never
 * goes below 1.
 */
export const gateAfter = (
  gate: ResourceGate,
  use: ResourceUse,
  thresholds: ResourceThresholds,
  {running, maxParallel}: {readonly running: number; readonly maxParallel: number},
): ResourceGate => {
  const toLower = decisive(use, (resource) => thresholds[resource].lower);
  const toAdmit = decisive(use, (resource) => thresholds[resource].admit);
  // Nothing can be said of a machine that does not tell.
  if (toLower === null || toAdmit === null) return gate;
  if (toLower.above >= 0) {
    const lowered = Math.max(1, Math.min(gate.lowered ?? maxParallel, running - 1));
    return {paused: true, lowered: lowered < maxParallel ? lowered : null, because: figureOf(toLower)};
  }
  if (toAdmit.above >= 0) return {...gate, paused: true, because: figureOf(toAdmit)};
  if (toAdmit.above >= -HYSTERESIS) return gate;
  const raised = gate.lowered === null ? null : gate.lowered + 1;
  const lowered = raised === null || raised >= maxParallel ? null : raised;
  return {
    paused: false,
    lowered,
    because: {...figureOf(toAdmit), threshold: toAdmit.threshold - HYSTERESIS},
  };
};

/** "cpu at 83 %": as a person says it. */
export const describeFigure = ({resource, percent}: ResourceFigure): string =>
  `${resource} at ${Math.round(percent)} %`;
