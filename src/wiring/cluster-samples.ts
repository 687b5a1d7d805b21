import { type FollowFault, formatHostPort, type HoldReason } from '../mesos/index.ts';
import { type Sample, sample } from '../metrics/index.ts';
import type { Facts } from './facts.ts';
import type { LastTransfer } from './secondary-reports.ts';

/** The metrics of the control thread: cluster, zone and transfers. */
export function clusterSamples(facts: Facts): readonly Sample[] {
  return [
    ...stateSamples(facts),
    ...leaderSamples(facts),
    ...zoneSamples(facts),
    ...snapshotSamples(facts),
    ...transferSamples(facts),
  ];
}

function stateSamples({ follower, serving, publisher }: Facts): readonly Sample[] {
  const status = follower();
  const state = serving().kind;
  const { ageMs } = status;
  const source = ageMs === undefined ? 'none' : status.source;
  return [
    ...STATES.map(kind => sample('mesonym_state', kind === state ? 1 : 0, { state: kind })),
    ...SOURCES.map(kind =>
      sample('mesonym_state_source', kind === source ? 1 : 0, { source: kind }),
    ),
    ...(ageMs === undefined ? [] : [sample('mesonym_state_age_seconds', ageMs / 1000)]),
    sample('mesonym_state_loads_total', status.loads),
    ...(status.loadMs === undefined
      ? []
      : [sample('mesonym_state_load_duration_seconds', status.loadMs / 1000)]),
    ...Object.entries(status.store.heldTasks).map(([reason, tasks]) => {
      return sample('mesonym_state_held_tasks', tasks, { reason: reason as HoldReason });
    }),
    ...Object.entries(status.failures).map(([fault, count]) => {
      return sample('mesonym_state_load_failures_total', count, { cause: fault as FollowFault });
    }),
    ...[...publisher.faultCounts].map(([cause, count]) => {
      return sample('mesonym_state_faults_total', count, { cause });
    }),
    ...(publisher.state
      ? [
          sample('mesonym_agents', publisher.state.agents.size),
          sample('mesonym_frameworks', publisher.state.frameworks.size),
          sample('mesonym_tasks', publisher.state.tasks.size),
        ]
      : []),
  ];
}

const STATES = ['starting', 'recovering', 'live', 'stale'] as const;
const SOURCES = ['stream', 'poll', 'snapshot', 'none'] as const;

function leaderSamples({ follower }: Facts): readonly Sample[] {
  const { leader, masters, leaderChanges } = follower();
  return [
    sample('mesonym_leader_known', leader ? 1 : 0),
    ...(leader ? [sample('mesonym_leader_info', 1, { leader: formatHostPort(leader) })] : []),
    sample('mesonym_leader_changes_total', leaderChanges),
    sample('mesonym_masters', masters.length),
  ];
}

function zoneSamples({ zone, publisher, book }: Facts): readonly Sample[] {
  if (zone.serial === undefined) return [];
  return [
    sample('mesonym_zone_serial', zone.serial),
    sample('mesonym_zone_names', zone.nameCount),
    ...(['A', 'AAAA', 'SRV', 'NS', 'CNAME', 'PTR', 'TXT'] as const).map(type => {
      return sample('mesonym_zone_records', zone.recordCounts[type], { type });
    }),
    sample('mesonym_zone_changes_total', publisher.changes),
    sample('mesonym_zone_publish_duration_seconds', publisher.publishMs / 1000),
    ...[...book.faultCounts()].map(([cause, count]) => {
      return sample('mesonym_zone_skipped_records', count, { cause });
    }),
    ...[...book.hiddenCounts()].map(([cause, count]) => {
      return sample('mesonym_zone_hidden_tasks', count, { cause });
    }),
  ];
}

function transferSamples({
  transfers,
  transfersGone,
  transferTurns,
  secondaries,
}: Facts): readonly Sample[] {
  return [
    ...[...transfers()].map(([outcome, count]) =>
      sample('mesonym_transfers_total', count, { outcome }),
    ),
    ...[...transfersGone()].map(([reason, count]) =>
      sample('mesonym_transfers_whole_total', count, { reason }),
    ),
    sample('mesonym_transfers_running', transferTurns.atWork),
    sample('mesonym_transfers_waiting', transferTurns.waiting),
    sample('mesonym_transfers_delayed_total', transferTurns.delayed),
    sample('mesonym_dns_refused_total', transfers().get('refused') ?? 0, { list: 'transfer' }),
    ...secondaries().flatMap(status => {
      const secondary = formatHostPort({ host: status.address, port: status.port });
      const { acknowledgedSerial: serial, lastTransfer: last } = status;
      return [
        sample('mesonym_notifications_total', status.sent, { secondary }),
        ...(serial === undefined
          ? []
          : [sample('mesonym_secondary_serial', serial, { secondary })]),
        ...(last ? lastSamples(last, secondary) : []),
      ];
    }),
  ];
}

function lastSamples({ sentSerial, atMs }: LastTransfer, secondary: string): readonly Sample[] {
  return [
    sample('mesonym_secondary_transferred_serial', sentSerial, { secondary }),
    sample('mesonym_secondary_transfer_timestamp_seconds', atMs / 1000, { secondary }),
  ];
}

function snapshotSamples({ snapshot }: Facts): readonly Sample[] {
  const status = snapshot();
  if (!status) return [];
  const { good, failed, ageMs } = status;
  return [
    sample('mesonym_snapshot_writes_total', good, { outcome: 'good' }),
    sample('mesonym_snapshot_writes_total', failed, { outcome: 'failed' }),
    ...(ageMs === undefined ? [] : [sample('mesonym_snapshot_age_seconds', ageMs / 1000)]),
  ];
}
