import { askServer } from './ask-server.ts';
import { readEvents } from './read-events.ts';
import { type Arguments, serverFor } from './settings.ts';
import type { ExitCode, Shell } from './shell.ts';

/** `mesonym watch`: each change of the zone, a line of JSON, until a signal ends it. */
export async function watch(args: Arguments, shell: Shell): Promise<ExitCode> {
  const ended = new AbortController();
  const stops = (['SIGINT', 'SIGTERM'] as const).map(signal =>
    shell.onSignal(signal, () => ended.abort()),
  );
  const since = typeof args.since === 'number' ? `?serial=${args.since}` : '';
  try {
    const server = serverFor(args, shell);
    const response = await askServer(server, `/v1/watch${since}`, shell, ended.signal);
    if (response.body) for await (const event of readEvents(response.body)) shell.out(event.text);
    shell.err('The server ended the stream');
    return 1;
  } catch (error) {
    if (ended.signal.aborted) return 0;
    throw error;
  } finally {
    for (const stop of stops) stop();
  }
}
