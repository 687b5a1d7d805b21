/** Standard input, output and error come first. */
const FIRST_DESCRIPTOR = 3;

/** The variable by which a process of ours hands its sockets to the next, as their count. */
export const HANDED_OVER = 'MESONYM_LISTEN_FDS';

/**
 * The descriptors of listening sockets that this process was started with: from systemd (`LISTEN_FDS`
 * meant for our `LISTEN_PID`, see sd_listen_fds(3)), or from the process it takes over from. The
 * variables are removed, so that no child takes them for its own.
 */
export function inheritedDescriptors(
  environment: Record<string, string | undefined>,
  pid: number,
): readonly number[] {
  const { LISTEN_FDS, LISTEN_PID, [HANDED_OVER]: handedOver } = environment;
  for (const name of ['LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES', HANDED_OVER]) {
    delete environment[name];
  }
  const count = handedOver ?? (LISTEN_PID === String(pid) ? LISTEN_FDS : undefined);
  if (count === undefined || !/^\d{1,4}$/.test(count)) return [];
  return Array.from({ length: Number(count) }, (_, index) => FIRST_DESCRIPTOR + index);
}
