import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Slab } from '../../src/zone/slab.ts';

/** Allocations (a size in words) and releases (of one of the blocks there are). */
const anySteps = fc.array(
  fc.oneof(
    fc.record({
      size: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3000 })),
    }),
    fc.record({ release: fc.nat() }),
  ),
  { maxLength: 80 },
);

test('any allocations and releases: blocks keep what was written, and never share a word', () => {
  fc.assert(
    fc.property(anySteps, steps => {
      const slab = new Slab(64);
      const blocks: { block: number; size: number; mark: number }[] = [];
      for (const [index, step] of steps.entries()) {
        if ('size' in step) {
          const block = slab.allocate(step.size);
          slab.words.fill(index + 1, block, block + step.size);
          blocks.push({ block, size: step.size, mark: index + 1 });
        } else if (blocks.length > 0) {
          const [gone] = blocks.splice(step.release % blocks.length, 1);
          slab.release(gone.block, gone.size);
        }
      }
      for (const { block, size, mark } of blocks) {
        const words = slab.words.subarray(block, block + size);
        expect(words).toHaveLength(size);
        expect(words.every(word => word === mark)).toBe(true);
        expect(block).toBeGreaterThan(0);
      }
    }),
  );
});

test.each([
  1, 2, 15, 128, 129, 160, 161, 1000, 65_536,
])('a released block of %i words is taken again', size => {
  const slab = new Slab(16);
  const block = slab.allocate(size);
  slab.allocate(size);
  const used = slab.octetsUsed;
  slab.release(block, size);
  expect(slab.allocate(size)).toBe(block);
  expect(slab.octetsUsed).toBe(used);
});

test('at most a quarter of a large block is spare, and one word of a small one', () => {
  for (let size = 1; size < 5000; size++) {
    const slab = new Slab(16);
    const before = slab.octetsUsed;
    slab.allocate(size);
    const words = (slab.octetsUsed - before) / 4;
    expect(words).toBeLessThanOrEqual(size <= 128 ? size + 1 : size * 1.25);
  }
});
