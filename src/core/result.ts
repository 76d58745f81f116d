/** An expected outcome that may fail, as a value. Only bugs throw. */
export type Result<T, F> = {readonly ok: true; readonly value: T} | {readonly ok: false; readonly failure: F};

export const ok = <T>(value: T): {readonly ok: true; readonly value: T} => ({ok: true, value});

export const fail = <F>(failure: F): {readonly ok: false; readonly failure: F} => ({ok: false, failure});
