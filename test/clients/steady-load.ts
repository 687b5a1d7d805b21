import { setTimeout as sleep } from 'node:timers/promises';

/** Requests that go on and on, as users make them. */
export interface SteadyLoad {
  /** How many requests have ended with each status so far; `failed` had no response. */
  readonly outcomes: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** `users` of them ask for `url`, each again 10 ms after its last response, without keeping connections. */
export function startLoad(url: string, users = 4): SteadyLoad {
  const outcomes = new Map<string, number>();
  let isOver = false;
  const user = async () => {
    while (!isOver) {
      const outcome = await request(url);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      await sleep(10);
    }
  };
  const ended = Promise.all(Array.from({ length: users }, user));
  return {
    outcomes,
    stop: async () => {
      isOver = true;
      await ended;
    },
  };
}

async function request(url: string): Promise<string> {
  try {
    const response = await fetch(url, { headers: { connection: 'close' } });
    await response.arrayBuffer();
    return String(response.status);
  } catch {
    return 'failed';
  }
}
