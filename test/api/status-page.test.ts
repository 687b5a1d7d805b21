import { afterAll, beforeAll, describe, expect } from 'vitest';
import { knownName, type RRset, serial } from '../../src/dns/index.ts';
import type { ServiceFacts } from '../../src/records/index.ts';
import { openPage, type Page } from '../fakes/browser.ts';
import { findProgram, testWith } from '../fakes/real-programs.ts';
import { readableZone, STATUS, serveApi } from '../fakes/served-api.ts';

const NASTY = '<img src=x onerror="document.title=1">';
const test = testWith('chromium');

/** `n` services of two instances, the first with a name that looks like markup. */
function services(count: number): readonly ServiceFacts[] {
  return Array.from({ length: count }, (_, index) => {
    const name = index === 0 ? NASTY : `app-${String(index).padStart(5, '0')}.marathon.mesos.`;
    return {
      name,
      framework: 'marathon',
      instanceCount: 2,
      instances: () => [instance(`${name}#1`, true), instance(`${name}#2`, false)],
    };
  });
}

const instance = (taskId: string, isHealthy: boolean) => ({
  taskId,
  agent: '10.0.0.7',
  addresses: ['172.17.0.2', 'fd00::2'],
  ports: [31000],
  isHealthy,
});

function rrset(name: string): RRset {
  const owner = knownName(name);
  return { owner, type: 'A', records: [{ type: 'A', owner, address: '10.0.0.1' }] };
}

describe.runIf(findProgram('chromium') || process.env.MESONYM_CI)('the status page', () => {
  const all = services(10_000);
  let api: Awaited<ReturnType<typeof serveApi>>;
  let page: Page;

  beforeAll(async () => {
    api = await serveApi({ zone: readableZone(), services: () => all, status: () => STATUS });
    page = await openPage(api.url);
    await page.waitFor(`document.querySelectorAll('#services tr').length > 20`);
  });
  afterAll(async () => {
    await page.close();
    await api.close();
  });

  const textOf = (id: string) =>
    page.evaluate<string>(`document.getElementById('${id}').innerText`);

  test('shows leader, source, queries, upstreams and threads, and breaks no rule of its own', async () => {
    expect(await textOf('cluster')).toContain('10.0.0.1:5050 (leader)');
    expect(await textOf('cluster')).toContain('event stream');
    expect(await textOf('tiles')).toContain('1700000000');
    expect(await textOf('queries')).toContain('12,000');
    expect(await textOf('upstreams')).toContain('10.0.0.53:53');
    expect(await textOf('threads')).toContain('answering');
    expect(await textOf('zone')).toContain('Left out: name');
    expect(page.complaints).toEqual([]);
  });

  test('takes names from the cluster as text', async () => {
    expect(await textOf('services')).toContain(NASTY);
    expect(await page.evaluate(`document.images.length + document.title`)).toBe('0Mesonym');
  });

  test('finds one of 10,000 services, and shows its instances by keyboard alone', async () => {
    await page.evaluate(`document.getElementById('search').focus()`);
    await page.type('APP-09876');
    await page.waitFor(`document.getElementById('found').textContent === '1 of 10,000 services'`);
    expect(await textOf('services')).toContain('app-09876.marathon.mesos.');
    await page.press('Tab');
    await page.press('Enter');
    await page.waitFor(`document.querySelector('tr.inner')`);
    expect(await textOf('services')).toContain('172.17.0.2, fd00::2');
    expect(await page.evaluate(`document.activeElement.getAttribute('aria-expanded')`)).toBe(
      'true',
    );
    await page.evaluate(`document.getElementById('search').select()`);
    await page.type(' ');
    await page.waitFor(`document.getElementById('found').textContent === '10,000 services'`);
  });

  test('shows more services on request', async () => {
    await page.evaluate(`document.getElementById('more').click()`);
    await page.waitFor(`document.querySelectorAll('#services .toggle').length === 50`);
  });

  test('is told of a change without asking', async () => {
    api.watch.publish({
      from: serial(1_700_000_000),
      to: serial(1_700_000_001),
      removed: [],
      added: [rrset('fresh.marathon.mesos')],
    });
    await page.waitFor(`document.getElementById('changes').innerText.includes('fresh.marathon')`);
    expect(await textOf('changes')).toContain('1 added');
    expect(await textOf('connection')).toBe('following');
  });

  test.each([
    { name: 'light', width: 1280, height: 900, theme: 'light' as const },
    { name: 'dark', width: 1280, height: 900, theme: 'dark' as const },
    { name: 'phone', width: 390, height: 800, theme: 'light' as const },
    { name: 'phone, dark', width: 390, height: 800, theme: 'dark' as const },
  ])('fits and has contrast: $name', async ({ name, ...look }) => {
    await page.look(look);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await page.evaluate<string[]>(CUT_OFF), name).toEqual([]);
    expect(await page.evaluate<string[]>(FAINT_TEXTS), name).toEqual([]);
    expect((await page.screenshot()).length).toBeGreaterThan(10_000);
  });

  test('keeps the theme that was chosen', async () => {
    await page.look({ width: 1280, height: 900, theme: 'light' });
    await page.evaluate(`document.getElementById('theme').click()`);
    expect(await page.evaluate(`document.documentElement.dataset.theme`)).toBe('dark');
    expect(await textOf('theme')).toBe('Light theme');
    expect(await page.evaluate<string[]>(FAINT_TEXTS)).toEqual([]);
  });

  test('has a name for every control, region and table, as a screen reader tells them', async () => {
    expect(await page.evaluate<string[]>(NAMELESS)).toEqual([]);
  });

  test('is gone through by keyboard in the order it is read, each stop shown', async () => {
    await page.evaluate(`document.querySelector('a, button, input, [tabindex="0"]').focus()`);
    const stops = [await page.evaluate<string>(FOCUSED)];
    for (let stop = 1; stop < 4; stop++) {
      await page.press('Tab');
      stops.push(await page.evaluate<string>(FOCUSED));
    }
    const first = `toggle ${NASTY}`;
    expect(stops).toEqual(['skip To the services', 'theme Light theme', 'search', first]);
  });

  test('on a phone, too, a screen reader is told of tables, rows and cells', async () => {
    await page.look({ width: 390, height: 800, theme: 'light' });
    const told = await page.readAloud();
    const wanted = [
      'searchbox Part of a name or framework',
      'table Services with their instances',
      'button app-00001.marathon.mesos.',
      'heading Upstreams and cache',
      'columnheader Latency',
      'cell 10.0.0.53:53',
    ];
    expect(wanted.filter(node => !told.includes(node))).toEqual([]);
    expect(told.filter(node => node.startsWith('table'))).toHaveLength(3);
  });

  test('says so when the server is gone', async () => {
    await api.close();
    await page.waitFor(`!document.getElementById('notice').hidden`);
    expect(await textOf('notice')).toContain('The last answer came at');
    expect(await textOf('connection')).toBe('reconnecting');
  });
});

/** What has the focus, with nothing when that cannot be seen (WCAG 2.2, 2.4.7). */
const FOCUSED = `(() => {
  const { activeElement: at } = document;
  const isShown = getComputedStyle(at).outlineStyle !== 'none';
  return isShown ? [at.id || at.className, at.innerText].filter(Boolean).join(' ') : '';
})()`;

/** Texts that stand, in part, outside of what contains them. */
const CUT_OFF = `[...document.querySelectorAll('td, th, dd, dt, button, h2')]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth)
  .map(one => one.textContent)`;

/** Texts whose contrast to their ground is under 4.5 (WCAG 2.2, 1.4.3). */
const FAINT_TEXTS = `(() => {
  const rgb = color => color.match(/[\\d.]+/g).map(Number);
  const channel = value => value <= 10 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgb(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const own = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  return [...document.body.querySelectorAll('*')]
    .filter(element => own(element) && element.checkVisibility() && !element.closest('script'))
    .filter(element => {
      const pair = [light(rgb(getComputedStyle(element).color)), light(ground(element))];
      return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05) < 4.5;
    })
    .map(element => element.textContent);
})()`;

/** Controls without a name, regions without a heading, tables without column headers. */
const NAMELESS = `(() => {
  const labelled = element => element.labels?.length > 0 || element.textContent.trim() !== '';
  const controls = [...document.querySelectorAll('input, button, a')].filter(one => !labelled(one));
  const regions = [...document.querySelectorAll('section')]
    .filter(one => !document.getElementById(one.getAttribute('aria-labelledby'))?.textContent);
  const tables = [...document.querySelectorAll('table')].filter(one => !one.querySelector('th[scope=col]'));
  const page = ['html[lang]', 'header', 'main', 'h1'].filter(one => !document.querySelector(one));
  return [...[...controls, ...regions, ...tables].map(one => one.outerHTML.slice(0, 80)), ...page];
})()`;
