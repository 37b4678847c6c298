import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { Argument, Command } from 'commander';
import { type Measure, median, type Result, resultOf, spread } from './measures.js';

/** In this order, one after the other: each has the machine to itself. */
const benchmarks = ['start', 'full-sync', 'roster', 'rest', 'history', 'evaluation'];
const resultsFile = join(import.meta.dirname, '../../bench/results.json');

await new Command('bench')
  .description(
    'Measures Hubwarden beside its limits and peers, and prints a table of ratios.\n\n' +
      'All of it takes up to an hour on two cores and writes bench/results.json; bench/README.md says how each is made.\n' +
      'Some of it by name: only the table.',
  )
  .addArgument(new Argument('[names...]', 'which').choices(benchmarks))
  .action(run)
  .parseAsync();

async function run(names: string[]): Promise<void> {
  const chosen = names.length === 0 ? benchmarks : names;
  const measures: Measure[] = [];
  const began = performance.now();
  for (const [place, name] of chosen.entries()) {
    console.error(`${name} (${place + 1} of ${chosen.length}), ${minutesSince(began)} min so far`);
    measures.push(...(await measuresOf(name)));
    // After each: what an hour has measured survives whoever stops it.
    if (chosen === benchmarks) await write(measures.map(resultOf));
  }
  console.log(machine());
  console.log(tableOf(measures));
  const goals = measures.filter(({ goal }) => goal !== null).map(resultOf);
  console.log(
    `${goals.filter(({ holds }) => holds).length} of ${goals.length} goals hold; ${minutesSince(began)} min.`,
  );
}

/** In a process of its own, whose peak of memory is then its own too. */
async function measuresOf(name: string): Promise<Measure[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.js`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The benchmark ${name} ended with ${code}.`);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
}

async function write(results: readonly Result[]): Promise<void> {
  await writeFile(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
}

function machine(): string {
  const [processor] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${processor?.model ?? 'unknown processor'}, ${memory} GiB, Node ${process.version}, ${process.platform}`;
}

function tableOf(measures: readonly Measure[]): string {
  const table = new Table({
    head: ['measure', 'figure', 'beside', '', 'ratio', 'goal', 'holds'],
    colAligns: ['left', 'right', 'right', 'left', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  });
  for (const measure of measures) {
    const { name, ratio, goal, holds } = resultOf(measure);
    const { unit, figures, against, peer } = measure;
    table.push([
      name,
      `${withNoise(figures)} ${unit}`,
      `${withNoise(against)} ${unit}`,
      peer,
      rounded(ratio),
      goal,
      measure.goal === null ? '' : holds ? 'yes' : 'NO',
    ]);
  }
  return table.toString();
}

/** The median, and from the lowest to the highest as a share of it. */
function withNoise(figures: readonly number[]): string {
  const middle = rounded(median(figures));
  return figures.length > 1 ? `${middle} (${figures.length} runs, ±${Math.round(spread(figures) * 50)} %)` : middle;
}

function rounded(figure: number): string {
  return Number(figure.toPrecision(4)).toLocaleString('en', { maximumFractionDigits: 6, useGrouping: false });
}

function minutesSince(began: number): string {
  return ((performance.now() - began) / 60_000).toFixed(1);
}
