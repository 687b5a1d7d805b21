import { afterAll, beforeAll, describe, expect } from 'vitest';
import { testAsRoot } from '../fakes/real-programs.ts';
import { type ServedNamespace, serveInNamespace } from './served-namespace.ts';

const SERVICES = [{ name: 'web', instances: [['10.9.8.1']], ports: [31000] }];
/** Of two tenants only the first may see Marathon. */
const VIEWS = [
  { clients: ['127.0.0.2'], frameworks: ['marathon'] },
  { clients: ['127.0.0.3'], frameworks: ['other'] },
];

const linuxTest = testAsRoot('unshare', 'nsenter', 'dig', 'ip');

describe('dig as one tenant and as another', () => {
  let namespace: ServedNamespace;
  beforeAll(async () => {
    namespace = await serveInNamespace(SERVICES, { views: VIEWS, listeners: ['127.0.0.1'] });
  });
  afterAll(() => namespace.close());

  const cases = ['+notcp', '+tcp'].flatMap(transport => [
    { from: '127.0.0.1', name: 'web.marathon.mesos', transport, status: 'NOERROR' },
    { from: '127.0.0.2', name: 'web.marathon.mesos', transport, status: 'NOERROR' },
    { from: '127.0.0.2', name: 'none.marathon.mesos', transport, status: 'NXDOMAIN' },
    { from: '127.0.0.3', name: 'web.marathon.mesos', transport, status: 'REFUSED' },
    { from: '127.0.0.3', name: 'none.marathon.mesos', transport, status: 'REFUSED' },
    { from: '127.0.0.3', name: 'leader.mesos', transport, status: 'NOERROR' },
    { from: '127.0.0.3', name: 'web.other.mesos', transport, status: 'NXDOMAIN' },
  ]);

  linuxTest.each(cases)('$name from $from by $transport: $status', async row => {
    const words = ['-b', row.from, '@127.0.0.1', row.transport, row.name];
    const { output } = await namespace.run('dig', ...words);
    expect(output).toContain(`status: ${row.status}`);
    expect(output.includes('EDE: 18 (Prohibited)')).toBe(row.status === 'REFUSED');
  });
});
