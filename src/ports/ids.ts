/** Gives out names that nobody else in this orchestrator has. */
export interface Ids {
  taskId(): string;
}
