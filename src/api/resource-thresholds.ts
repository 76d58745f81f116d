import {
  DEFAULT_THRESHOLDS,
  RESOURCES,
  type Resource,
  type ResourceThresholds,
  type Threshold,
} from '../core/resources.ts';
import {isObject} from '../core/shape.ts';
import {DisjointError} from './errors.ts';
import type {OrchestratorOptions, ResourceOptions} from './options.ts';

const wrong = (field: string, allowed: string): DisjointError =>
  new DisjointError('E_OPTION', `${field} is out of range`, `allowed: ${allowed}`);

const isPercent = (value: unknown, least: number): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= least && value <= 100;

const thresholdOf = (options: ResourceOptions, resource: Resource): Threshold => {
  const field = `resources.${resource}`;
  const given: unknown = options[resource] ?? {};
  if (!isObject(given)) throw wrong(field, 'an object such as {admit: 70, lower: 80}');
  const unknown = Object.keys(given).find((name) => name !== 'admit' && name !== 'lower');
  if (unknown !== undefined) throw wrong(`${field}.${unknown}`, 'admit and lower');
  const standard = DEFAULT_THRESHOLDS[resource];
  const {admit = standard.admit, lower = Math.max(Number(admit), standard.lower)} = given;
  if (!isPercent(admit, 1)) throw wrong(`${field}.admit`, '1..100, percent');
  if (!isPercent(lower, admit)) throw wrong(`${field}.lower`, `${admit}..100, percent`);
  return {admit, lower};
};

/**
 * The thresholds that these options mean; `null` if nobody shall look at how busy the machine is.
 *
 * @throws DisjointError `E_OPTION` naming what is out of range.
 */
export const resourceThresholds = ({
  resources,
  maxParallel,
}: Pick<OrchestratorOptions, 'resources' | 'maxParallel'>): ResourceThresholds | null => {
  if (resources === false) return null;
  if (resources === undefined) return maxParallel === 'auto' ? DEFAULT_THRESHOLDS : null;
  if (!isObject(resources)) throw wrong('resources', 'false, or an object such as {cpu: {admit: 70}}');
  const unknown = Object.keys(resources).find((name) => !RESOURCES.some((resource) => resource === name));
  if (unknown !== undefined) throw wrong(`resources.${unknown}`, RESOURCES.join(' and '));
  return {cpu: thresholdOf(resources, 'cpu'), memory: thresholdOf(resources, 'memory')};
};
