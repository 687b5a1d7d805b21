/** What of package.json the published package keeps. */
export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly [key: string]: unknown;
}

interface LockEntry {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly [key: string]: unknown;
}

export interface LockFile {
  readonly packages: Readonly<Record<string, LockEntry>>;
  readonly [key: string]: unknown;
}

/** Node.js itself, which `npm ci` brings for development: it would shadow a user's own. */
const NODE_BINARY = /^node-linux-/;

/**
 * The published package's package.json: without tools, scripts and Node's binaries. koffi's own
 * binaries are optional dependencies of koffi and stay.
 */
export function publishedPackage(source: PackageJson): PackageJson {
  const { scripts: _s, devDependencies: _d, private: _p, optionalDependencies, ...kept } = source;
  const optional = Object.entries((optionalDependencies ?? {}) as Record<string, string>);
  const others = optional.filter(([name]) => !NODE_BINARY.test(name));
  if (others.length === 0) return kept;
  return { ...kept, optionalDependencies: Object.fromEntries(others) };
}

/** The lock file that goes with it: the same versions and hashes, for `npm ci` beside it. */
export function publishedLock(lock: LockFile, published: PackageJson): LockFile {
  const { name, version, license, dependencies, optionalDependencies, bin, engines } = published;
  const root = { name, version, license, dependencies, optionalDependencies, bin, engines };
  const kept = Object.entries(lock.packages).filter(
    ([path, { dev }]) =>
      path !== '' && !dev && !NODE_BINARY.test(path.replace('node_modules/', '')),
  );
  return {
    ...lock,
    packages: { '': JSON.parse(JSON.stringify(root)), ...Object.fromEntries(kept) },
  };
}
