import {Map as PersistentMap} from 'immutable';
import type {AgentType} from './agent-type.ts';
import type {TaskSpec} from './task.ts';

/** What only one task at a time can have, as a text: agents of its type, and each path that it claims. */
const resourcesOf = ({agentType, writes, reads}: TaskSpec): readonly string[] => [
  `agent ${agentType}`,
  ...[...writes, ...reads].map(({key}) => `path ${key.join('/')}`),
];

/**
 * How much work (ms, by the estimates) there is left for each agent type and each claimed path: of the tasks that have not
 * ended. Immutable.
 */
export class Workload {
  readonly #left: PersistentMap<string, number>;

  private constructor(left: PersistentMap<string, number>) {
    this.#left = left;
  }

  static empty(): Workload {
    return new Workload(PersistentMap());
  }

  add(spec: TaskSpec, ms: number): Workload {
    return this.#changed(spec, ms);
  }

  remove(spec: TaskSpec, ms: number): Workload {
    return this.#changed(spec, -ms);
  }

  /** The most work that there is for one of the things which the task needs: so long will the rest take at least. */
  hottest(spec: TaskSpec, type: AgentType | undefined): number {
    const [agents = '', ...paths] = resourcesOf(spec);
    let most = (this.#left.get(agents) ?? 0) / (type?.instances ?? 1);
    for (const path of paths) most = Math.max(most, this.#left.get(path) ?? 0);
    return most;
  }

  #changed(spec: TaskSpec, byMs: number): Workload {
    return new Workload(
      this.#left.withMutations((left) => {
        for (const resource of resourcesOf(spec)) {
          const ms = (left.get(resource) ?? 0) + byMs;
          if (ms > 0) left.set(resource, ms);
          else left.delete(resource);
        }
      }),
    );
  }
}
