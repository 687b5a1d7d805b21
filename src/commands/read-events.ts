/** One event of a stream of server-sent events; `kind` is `message` where the stream names none. */
export interface ServerEvent {
  readonly kind: string;
  readonly id: string | undefined;
  readonly text: string;
}

/** Reads server-sent events (WHATWG HTML, section 9.2), cut anywhere; comments are left out. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = eventOf(block);
      if (event) yield event;
    }
  }
}

function eventOf(block: string): ServerEvent | undefined {
  const fields = block.split(/\r?\n/).map(line => /^([^:]+): ?(.*)$/s.exec(line));
  const values = (name: string) => fields.flatMap(field => (field?.[1] === name ? [field[2]] : []));
  const text = values('data').join('\n');
  if (text === '') return undefined;
  return { kind: values('event').at(-1) ?? 'message', id: values('id').at(-1), text };
}
