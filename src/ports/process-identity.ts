/** A process, told apart from all others that ever had its number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in a unit that only serves to compare processes of one boot; 0 where nobody can tell. */
  readonly startedAt: number;
  /** Which start of the machine it belongs to; empty where nobody can tell. */
  readonly bootId: string;
}
