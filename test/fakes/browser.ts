import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What keeps Chromium to itself: no window, no traffic but what the page asks for. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
  '--remote-debugging-port=0',
];

/** How a page is seen: sizes in CSS pixels. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
}

/** A page in a real Chromium, driven by the DevTools protocol. */
export interface Page {
  /** The value of a script in the page; a promise is awaited. */
  evaluate<Value>(script: string): Promise<Value>;
  /** Resolves once the script gives something true; rejects after ten seconds. */
  waitFor(script: string): Promise<void>;
  look(look: Look): Promise<void>;
  /** Sends a key as the keyboard does. */
  press(key: 'Tab' | 'Enter'): Promise<void>;
  type(text: string): Promise<void>;
  /** What a screen reader is told of the page: each node's role and name, in the order of reading. */
  readAloud(): Promise<readonly string[]>;
  /** The whole page as PNG. */
  screenshot(): Promise<Buffer>;
  /** What the page or the browser complained about: errors, and violations of its own policy. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Starts Chromium with an empty profile and opens `url`. */
export async function openPage(url: string, program = 'chromium'): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), 'mesonym-chromium-'));
  const browser = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await debuggingPort(browser);
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as Target[];
  const page = targets.find(({ type }) => type === 'page')!;
  const session = await connect(page.webSocketDebuggerUrl);
  for (const domain of ['Page', 'Runtime', 'Log']) await session.send(`${domain}.enable`);
  await session.send('Page.navigate', { url });
  return {
    ...pageOf(session),
    close: async () => {
      const gone = once(browser, 'exit');
      browser.kill('SIGKILL');
      await gone;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Target {
  readonly type: string;
  readonly webSocketDebuggerUrl: string;
}

async function debuggingPort({ stderr }: ChildProcess): Promise<string> {
  // It was made with a pipe for its standard error.
  for await (const line of createInterface({ input: stderr! })) {
    const found = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line);
    if (found) return found[1];
  }
  throw new Error('Chromium ended before it told its debugging port');
}

type Fields = Readonly<Record<string, unknown>>;

interface Session {
  send(method: string, fields?: Fields): Promise<Fields>;
  readonly complaints: string[];
}

async function connect(url: string): Promise<Session> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, (message: Fields) => void>();
  const complaints: string[] = [];
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Fields & { readonly id?: number };
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    else noteComplaint(message, complaints);
  });
  await new Promise(resolve => socket.addEventListener('open', resolve, { once: true }));
  let lastId = 0;
  return {
    complaints,
    send: (method, params = {}) =>
      new Promise(resolve => {
        waiting.set(++lastId, message => resolve(message.result as Fields));
        socket.send(JSON.stringify({ id: lastId, method, params }));
      }),
  };
}

function noteComplaint({ method, params }: Fields, complaints: string[]): void {
  const text = JSON.stringify(params);
  if (method === 'Runtime.exceptionThrown') complaints.push(text);
  if (method === 'Log.entryAdded' && text.includes('"level":"error"')) complaints.push(text);
}

interface AccessibleNode {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}

function pageOf(session: Session): Omit<Page, 'close'> {
  const evaluate = async (expression: string) => {
    const options = { expression, awaitPromise: true, returnByValue: true };
    const { result } = await session.send('Runtime.evaluate', options);
    return (result as Fields).value;
  };
  return {
    complaints: session.complaints,
    evaluate: script => evaluate(script) as Promise<never>,
    waitFor: async script => {
      const isTrue = await evaluate(untilTrue(script));
      if (isTrue !== true) throw new Error(`The page never came to: ${script}`);
    },
    look: async ({ width, height, theme }) => {
      const metrics = { width, height, deviceScaleFactor: 1, mobile: width < 600 };
      await session.send('Emulation.setDeviceMetricsOverride', metrics);
      const features = [{ name: 'prefers-color-scheme', value: theme }];
      await session.send('Emulation.setEmulatedMedia', { features });
    },
    press: async key => {
      const text = key === 'Enter' ? { text: '\r' } : {};
      const code = { key, code: key, windowsVirtualKeyCode: key === 'Enter' ? 13 : 9, ...text };
      await session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...code });
      await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...code });
    },
    type: text => session.send('Input.insertText', { text }).then(() => {}),
    readAloud: async () => {
      const { nodes } = await session.send('Accessibility.getFullAXTree');
      return (nodes as readonly AccessibleNode[])
        .filter(({ ignored }) => !ignored)
        .map(({ role, name }) => `${role?.value} ${name?.value ?? ''}`.trim());
    },
    screenshot: async () => {
      const options = { captureBeyondViewport: true, format: 'png' };
      const { data } = await session.send('Page.captureScreenshot', options);
      return Buffer.from(String(data), 'base64');
    },
  };
}

/** Asks in the page itself, at each of its animation frames or timers. */
function untilTrue(script: string): string {
  return `new Promise(resolve => {
    const end = performance.now() + 10_000;
    const ask = () => {
      if (${script}) resolve(true);
      else if (performance.now() > end) resolve(false);
      else setTimeout(ask, 20);
    };
    ask();
  })`;
}
