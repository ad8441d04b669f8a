import { readFileSync } from 'node:fs';

/** Linux counts a process's time in hundredths of a second, on every machine. */
const TICKS_A_SECOND = 100;

/** What a process has used since its start: seconds of processor, and resident memory now, MB. Raises where there is no /proc. */
export function usageOf(pid: number): { readonly cpuSeconds: number; readonly residentMb: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name before may hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields[11], fields[12]].map(Number);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuSeconds: ((user ?? Number.NaN) + (system ?? Number.NaN)) / TICKS_A_SECOND,
    residentMb: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024,
  };
}

/** One figure of a service's /metrics. Raises when it is not there. */
export async function metricOf(serviceUrl: string, name: string): Promise<number> {
  const text = await (await fetch(`${serviceUrl}/metrics`)).text();
  const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
  if (found === undefined) throw new Error(`the service does not tell ${name}`);
  return Number(found);
}
