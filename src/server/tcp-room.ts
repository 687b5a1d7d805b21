import type { TcpLimits } from './tcp-limits.ts';

/** How many connections there are, in all and of each client address. */
export class TcpRoom {
  readonly #limits: TcpLimits;
  readonly #perAddress = new Map<string, number>();
  #total = 0;

  constructor(limits: TcpLimits) {
    this.#limits = limits;
  }

  get total(): number {
    return this.#total;
  }

  /** Which limit one more connection of `address` would pass. */
  lack(address: string): 'address' | 'total' | undefined {
    const { connections, connectionsPerAddress } = this.#limits;
    if ((this.#perAddress.get(address) ?? 0) >= connectionsPerAddress) return 'address';
    return this.#total >= connections ? 'total' : undefined;
  }

  enter(address: string): void {
    this.#total++;
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
  }

  leave(address: string): void {
    this.#total--;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }
}
