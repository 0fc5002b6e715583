// A second verifier of bundles, in another language, written from docs/design/trust-5-altered.md alone: node verify.mjs BUNDLE.zip
// [--key VKEY]… [--checkpoint FILE]…   Exit 0: all agrees; 1: something was altered; 2: wrong use. No packages.

import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

class Altered extends Error {}

const sha256 = (...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const number = (value, bytes) => {
  const held = Buffer.alloc(bytes);
  for (let at = bytes - 1, left = BigInt(value); at >= 0; at--, left >>= 8n) held[at] = Number(left & 255n);
  return held;
};

// A ZIP whose files are stored as they are: the central directory says where each stands.
function unzipped(path) {
  const whole = readFileSync(path);
  const files = new Map();
  let end = whole.length - 22;
  while (end >= 0 && whole.readUInt32LE(end) !== 0x06054b50) end--;
  if (end < 0) throw new Altered("no archive");
  let count = whole.readUInt16LE(end + 10);
  let at = whole.readUInt32LE(end + 16);
  for (; count > 0; count--) {
    if (whole.readUInt32LE(at) !== 0x02014b50 || whole.readUInt16LE(at + 10) !== 0) throw new Altered("no stored file");
    const size = whole.readUInt32LE(at + 24);
    const [name, extra, comment] = [28, 30, 32].map((place) => whole.readUInt16LE(at + place));
    const local = whole.readUInt32LE(at + 42);
    const begin = local + 30 + whole.readUInt16LE(local + 26) + whole.readUInt16LE(local + 28);
    const title = whole.toString("utf8", at + 46, at + 46 + name);
    if (files.has(title)) throw new Altered(`${title} is there twice`);
    files.set(title, whole.subarray(begin, begin + size));
    at += 46 + name + extra + comment;
  }
  return files;
}

function verifier(text) {
  const [name, id, ...rest] = text.trim().split("+");
  const held = Buffer.from(rest.join("+"), "base64");
  if (held.length !== 33 || sha256(name, "\n", held).subarray(0, 4).toString("hex") !== id) throw new Error(`no verifier: ${text}`);
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), held.subarray(1)]);
  return { name, id, type: held[0], key: createPublicKey({ key: spki, format: "der", type: "spki" }) };
}

function checkpoints(text, isKept) {
  return text
    .split(/(?<=\n\u2014 [^\n]*\n)(?!\u2014 )/)
    .filter((note) => note.trim())
    .map((note) => {
      const [said, signatures] = note.split("\n\n");
      const [origin, size, root] = said.split("\n");
      const lines = signatures.trim().split("\n").map((line) => {
        const [, name, held] = line.split(" ");
        const bytes = Buffer.from(held, "base64");
        return { name, id: bytes.subarray(0, 4).toString("hex"), held: bytes.subarray(4) };
      });
      return { origin, size: Number(size), root: Buffer.from(root, "base64"), text: Buffer.from(`${said}\n`), lines, isKept };
    });
}

function isSigned(checkpoint, keys) {
  return checkpoint.lines.some(({ name, id, held }) =>
    keys.some((key) => {
      if (key.name !== name || key.id !== id) return false;
      if (key.type === 1) return verify(null, checkpoint.text, key.key, held);
      const time = Buffer.from(`cosignature/v1\ntime ${held.readBigUInt64BE(0)}\n`);
      return verify(null, Buffer.concat([time, checkpoint.text]), key.key, held.subarray(8));
    }),
  );
}

function leaf(entry) {
  const topic = Buffer.from(entry.topic);
  const state = Buffer.from(entry.state, "base64");
  return sha256(
    Buffer.from([0]), Buffer.from(entry.salt, "hex"), number(entry.position, 8), Buffer.from(entry.stream.replaceAll("-", ""), "hex"),
    number(entry.version, 8), number(topic.length, 4), topic, number(state.length, 4), state,
  );
}

// MTH of RFC 9162 §2.1.1 over the leaves [begin, end), each node computed once.
function rooted(leaves) {
  const known = new Map();
  const root = (begin, end) => {
    if (end - begin === 1) return leaves[begin];
    const key = begin * 2 ** 26 + end;
    if (!known.has(key)) {
      let middle = 1;
      while (middle * 2 < end - begin) middle *= 2;
      known.set(key, sha256(Buffer.from([1]), root(begin, begin + middle), root(begin + middle, end)));
    }
    return known.get(key);
  };
  return (size) => root(0, size);
}

function main([path, ...options]) {
  const given = (name) => options.flatMap((one, at) => (one === name ? [options[at + 1]] : []));
  const trusted = given("--key").map(verifier);
  const kept = given("--checkpoint").flatMap((file) => checkpoints(readFileSync(file, "utf8"), true));
  const files = unzipped(path);
  const { size } = JSON.parse(files.get("manifest.json"));
  const own = checkpoints(files.get("checkpoints.txt").toString(), false);
  const entries = files.get("entries.jsonl").toString().split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const hidden = files.get("leaves.bin");
  if (entries.some((one, at) => at > 0 && !(one.index > entries[at - 1].index && one.position > entries[at - 1].position)))
    throw new Altered("entries are not in their places");
  if (hidden.length !== 32 * (size - entries.length)) throw new Altered("there are more or fewer leaves than the tree has");
  const shown = new Map(entries.map((one) => [one.index, one]));
  let left = 0;
  const leaves = Array.from({ length: size }, (_, index) =>
    shown.has(index) ? leaf(shown.get(index)) : hidden.subarray(32 * left, 32 * ++left),
  );
  if (left * 32 !== hidden.length) throw new Altered("an entry stands beyond the tree");
  const rootOf = rooted(leaves);
  const keys = [...trusted];
  let [last, signed, told] = [0, 0, 0];
  for (const one of [...own, ...kept].sort((a, b) => a.size - b.size)) {
    if (one.size > size) throw new Altered(`a checkpoint of ${one.size} entries is ahead of the bundle`);
    if (!rootOf(one.size).equals(one.root))
      throw new Altered(last ? `altered among the entries ${last + 1} to ${one.size}` : `altered among the first ${one.size} entries`);
    const isWell = isSigned(one, keys);
    if (isWell || one.isKept) last = one.size;
    if (!isWell) continue;
    signed = one.size;
    for (; told < one.size; told++) {
      if (shown.get(told)?.topic !== "entente.checkpoint-key") continue;
      const state = Buffer.from(shown.get(told).state, "base64").toString();
      keys.push(verifier(JSON.parse(state.slice(1, state.indexOf("\n"))).vkey));
    }
  }
  if (!own.some((one) => one.size === size)) throw new Altered("no checkpoint is of the whole bundle");
  if (trusted.length && signed < size) throw new Altered("signed by no key that you trust");
  console.log(`${size} entries, ${entries.length} of them shown, agree with ${own.length + kept.length} checkpoints`);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = error instanceof Altered ? 1 : 2;
}
