/** Which ids a list has shown. Numbers that lie close take a bit each, so that a whole list stays small. */
export interface IdSet {
  add(id: string): void;
  has(id: string): boolean;
  readonly size: number;
}

const CHUNK = 65_536;
/** A chunk with more ids than this is kept as bits: 8 KiB. */
const SPARSE = 256;

interface Chunk {
  few: Set<number>;
  bits: Uint8Array | null;
}

export function createIdSet(): IdSet {
  const chunks = new Map<number, Chunk>();
  /** Ids that are no plain numbers, such as customer numbers with letters. */
  const others = new Set<string>();
  let size = 0;

  function chunkOf(number: number): Chunk {
    const at = Math.floor(number / CHUNK);
    const chunk = chunks.get(at) ?? { few: new Set<number>(), bits: null };
    chunks.set(at, chunk);
    return chunk;
  }

  const holds = ({ few, bits }: Chunk, low: number): boolean =>
    bits === null ? few.has(low) : ((bits[low >> 3] ?? 0) & (1 << (low & 7))) !== 0;

  function put(chunk: Chunk, low: number): void {
    if (chunk.bits === null) {
      chunk.few.add(low);
      if (chunk.few.size <= SPARSE) return;
      chunk.bits = new Uint8Array(CHUNK / 8);
      for (const one of chunk.few) set(chunk.bits, one);
      chunk.few = new Set();
    } else set(chunk.bits, low);
  }

  return {
    add(id) {
      if (this.has(id)) return;
      size += 1;
      const number = plainNumber(id);
      if (number === null) others.add(id);
      else put(chunkOf(number), number % CHUNK);
    },
    has(id) {
      const number = plainNumber(id);
      if (number === null) return others.has(id);
      const chunk = chunks.get(Math.floor(number / CHUNK));
      return chunk !== undefined && holds(chunk, number % CHUNK);
    },
    get size() {
      return size;
    },
  };
}

function set(bits: Uint8Array, low: number): void {
  bits[low >> 3] = (bits[low >> 3] ?? 0) | (1 << (low & 7));
}

/** 007 and 7 are two ids. */
const plainNumber = (id: string): number | null => (/^(0|[1-9]\d{0,14})$/.test(id) ? Number(id) : null);
