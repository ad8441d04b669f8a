/** Lines of a failure's diagnosis that are shown again at the end; the whole stands in the report. */
const DIAGNOSIS_LINES = 24;

/**
 * Reads what a file said as TAP. Assertions stand deepest; a line that closes a subtest ("ok 1 - name # time=") is counted only
 * where the subtest asserted by raising alone ("1..0"). `fault`: what was wrong with its process; a file that neither passed nor failed anything has failed, too.
 */
export function readReport(file, text, fault) {
  const lines = text.split('\n');
  const report = { passed: 0, failed: 0, skips: [], notes: [], failures: [] };
  /** The names of the subtests that stand open, outermost first. */
  const open = [file];
  for (const [index, line] of lines.entries()) {
    const subtest = /^(\s*)# Subtest: (.*)$/.exec(line);
    if (subtest) open.splice(subtest[1].length / 4 + 1, open.length, subtest[2]);
    const note = /^ {4}# (?!Subtest|time=)(.*)$/.exec(line);
    if (note) report.notes.push(note[1]);
    const match = /^(\s*)(not ok|ok) \d+(?: - )?(.*)$/.exec(line);
    if (!match) continue;
    const [, indent, outcome, name] = match;
    const closes = name.includes('# time=') && lines[index - 1]?.trim() !== '1..0';
    const skip = /^(.*?) # (?:SKIP|TODO) ?(.*)$/i.exec(name);
    if (skip) report.skips.push({ name: skip[1], reason: skip[2].replace(/ ?# time=.*/, '') });
    else if (outcome === 'not ok') {
      if (closes) continue;
      report.failed += 1;
      report.failures.push(told(lines, index, open.slice(0, indent.length / 4 + 1)));
    } else if (!closes) report.passed += 1;
  }
  const silent = report.passed + report.failed + report.skips.length === 0;
  if (report.failed === 0 && (fault !== null || silent)) {
    report.failed = 1;
    report.failures.push([`${file}: ${fault ?? 'no test ran'}`, ...lines.slice(-DIAGNOSIS_LINES)]);
  }
  return report;
}

function told(lines, index, open) {
  const end = lines.findIndex((line, at) => at > index && line.trim() === '...');
  const diagnosis = lines[index + 1]?.trim() === '---' ? lines.slice(index + 1, end) : [];
  return [`${open.join(' > ')}: ${lines[index].trim()}`, ...diagnosis.slice(0, DIAGNOSIS_LINES)];
}
