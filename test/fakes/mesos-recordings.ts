import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PROJECT } from '../paths.ts';

const FOLDER = join(PROJECT, 'test/fixtures/mesos-real');

/** An answer of a real Mesos 1.12 master. Header names are in lower case. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Reads a recording, as in `http/leader.state.http`; it may be stored gzipped. */
export function recordedAnswer(path: string): RecordedAnswer {
  const [head, ...rest] = readRecording(path).toString().split('\r\n\r\n');
  const [statusLine, ...lines] = head.split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const [name, ...value] = line.split(': ');
    return [name.toLowerCase(), value.join(': ')];
  });
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: new Map(headers),
    body: rest.join('\r\n\r\n'),
  };
}

/** Cuts RecordIO into its records: the length in octets, a line feed, the JSON. */
export function readRecords(octets: Buffer): { readonly type: string }[] {
  const records: { readonly type: string }[] = [];
  for (let at = 0; at < octets.length; ) {
    const lineEnd = octets.indexOf('\n', at);
    const end = lineEnd + 1 + Number(octets.toString('latin1', at, lineEnd));
    if (lineEnd < 0 || end > octets.length) break;
    records.push(JSON.parse(octets.toString('utf8', lineEnd + 1, end)));
    at = end;
  }
  return records;
}

/** The octets of a recording; it may be stored gzipped. */
export function readRecording(path: string): Buffer {
  const file = join(FOLDER, path);
  return existsSync(file) ? readFileSync(file) : gunzipSync(readFileSync(`${file}.gz`));
}

/** The recordings in a folder, in the order of their names, without `.gz`. */
export function recordingsIn(folder: string): readonly string[] {
  const files = readdirSync(join(FOLDER, folder), { withFileTypes: true });
  const names = files.filter(file => file.isFile()).map(file => file.name.replace(/\.gz$/, ''));
  return names.sort().map(name => `${folder}/${name}`);
}
