// A second verifier of bundles, in another language, written from docs/design/trust-5-altered.md alone: node verify.mjs BUNDLE.zip
// [--key VKEY]… [--checkpoint FILE]…   Exit 0: all agrees; 1: something was altered; 2: wrong use. No packages.

import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

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

const require = (isSo, why) => {
  if (!isSo) throw new Altered(why);
};

// JSON that everybody reads alike: UTF-8, each name once. A name is a text before a colon; texts are taken one after the other.
function parsed(bytes) {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  const found = JSON.parse(text);
  const names = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/gs)].filter(([, colon]) => colon).length;
  const count = (value) =>
    value === null || typeof value !== "object" ? 0
      : (Array.isArray(value) ? 0 : Object.keys(value).length) + Object.values(value).reduce((sum, one) => sum + count(one), 0);
  require(names === count(found), "a name stands twice");
  return found;
}

const NAME = new RegExp(
  "^((manifest|figures)\\.json|entries\\.jsonl|leaves\\.bin|(checkpoints|verifiers)\\.txt|(README|LISEZMOI)\\.md|verify\\.py|" +
    "(?=.{1,255}$)(documents|packs)(/[\\w@][\\w@.-]*){1,3})$",
);

// Fields of a ZIP, one behind the other: [bytes, value].
const packed = (...fields) =>
  Buffer.concat(fields.map(([bytes, value]) => (typeof value === "object" ? value : number(BigInt(value), bytes).reverse())));

// Lengths and places of 64 bits, as they stand behind a name (APPNOTE 4.5.3).
const wide = (...values) => (values.length ? packed([2, 1], [2, 8 * values.length], ...values.map((one) => [8, one])) : Buffer.alloc(0));

// A ZIP whose files are stored as they are, one behind the other, then one directory, and not a byte more.
function unzipped(path) {
  const whole = readFileSync(path);
  const files = new Map();
  const directory = [];
  let at = 0;
  while (whole.length > at + 30 && whole.readUInt32LE(at) === 0x04034b50) {
    const [crc, short, named, more] = [whole.readUInt32LE(at + 14), whole.readUInt32LE(at + 22), whole.readUInt16LE(at + 26), whole.readUInt16LE(at + 28)];
    const name = whole.subarray(at + 30, at + 30 + named);
    const size = more ? Number(whole.readBigUInt64LE(at + 34 + named)) : short;
    const [title, said, extra] = [name.toString("latin1"), more ? 0xffffffff : size, more ? wide(size, size) : wide()];
    const front = [[4, 0x04034b50], [2, more ? 45 : 20], [6, 0], [2, 33], [4, crc], [4, said], [4, said], [2, named], [2, more]];
    const held = packed(...front, [0, name], [0, extra]);
    require(whole.subarray(at, at + held.length).equals(held), "a file is not stored as it is");
    require(NAME.test(title) && !files.has(title), "a file has a name that none has");
    files.set(title, whole.subarray(at + held.length, at + held.length + size));
    const version = more ? 45 : 20;
    directory.push(packed(
      [4, 0x02014b50], [1, version], [1, 3], [2, version], [6, 0], [2, 33], [4, crc], [4, size], [4, size], [2, named], [8, 0],
      [4, 0o100644 * 2 ** 16], [4, at], [0, name],
    ));
    at += held.length + size;
  }
  const [lines, count] = [Buffer.concat(directory), directory.length];
  const end = packed([4, 0x06054b50], [4, 0], [2, count], [2, count], [4, lines.length], [4, at], [2, 0]);
  require(whole.subarray(at).equals(Buffer.concat([lines, end])), "the directory is not that of the files");
  return files;
}

const MEMBERS = "as,bundle,contracts,files,judging,origin,position,program,root,shown,size,tzdata";

// What the manifest says, compared with what is there. Its other members are its word alone.
function compareManifest(said, files, facts, last) {
  const held = new Map([...files].filter(([name]) => name !== "manifest.json").map(([name, bytes]) => [name, sha256(bytes).toString("hex")]));
  const names = Object.keys(said.files ?? {});
  for (const name of new Set([...names, ...held.keys()])) require(said.files?.[name] === held.get(name), `what the manifest says of ${name} is not so`);
  const least = last.position + facts.size - 1 - last.index;
  const isPlaced = last.index === facts.size - 1 ? said.position === least : Number.isSafeInteger(said.position) && said.position >= least;
  const contracts = [...held.keys()].filter((name) => name.startsWith("documents/contracts/")).map((name) => name.split("/")[2]);
  const isOf = said.contracts === null || (Array.isArray(said.contracts) && contracts.every((one) => said.contracts.includes(one)));
  const isSo = { position: isPlaced, contracts: isOf };
  for (const [member, fact] of Object.entries(facts)) isSo[member] = said[member] === fact;
  for (const [member, is] of Object.entries(isSo)) require(is, `what the manifest says of ${member} is not so`);
}

// Bytes of that many, in the one way in which they are written.
function written(text, form, bytes) {
  const held = Buffer.from(text, form);
  require(held.toString(form) === text && (bytes === undefined || held.length === bytes), "an entry cannot be read");
  return held;
}

function verifier(text) {
  const [name, id, ...rest] = text.trim().split("+");
  const held = Buffer.from(rest.join("+"), "base64");
  if (held.length !== 33 || sha256(name, "\n", held).subarray(0, 4).toString("hex") !== id) throw new Error(`no verifier: ${text}`);
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), held.subarray(1)]);
  return { name, bytes: held.subarray(1), key: createPublicKey({ key: spki, format: "der", type: "spki" }) };
}

function checkpoints(text, isKept) {
  return text
    .split(/(?<=\n\u2014 [^\n]*\n)(?!\u2014 )/)
    .filter((note) => note.trim())
    .map((note) => {
      require(note.length <= 10_000, "a checkpoint is too long");
      require(/^[^\s+]+\n[1-9][0-9]{0,15}\n[\w+/]{43}=\n\n(\u2014 [^\s+]+ [\w+/]+=*\n)+$/.test(note), "a checkpoint cannot be read");
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

// When one of the keys says that it signed, in seconds since 1970, 0 where it does not say; -1 where none has signed.
function signedAt(checkpoint, keys) {
  const times = checkpoint.lines.flatMap(({ name, id, held }) =>
    keys.flatMap((key) =>
      [1, 4].flatMap((kind) => {
        if (key.name !== name || sha256(name, "\n", Buffer.from([kind]), key.bytes).subarray(0, 4).toString("hex") !== id) return [];
        const made = kind === 4 ? held.readBigUInt64BE(0) : 0n;
        const front = kind === 4 ? Buffer.from(`cosignature/v1\ntime ${made}\n`) : Buffer.alloc(0);
        const isIts = verify(null, Buffer.concat([front, checkpoint.text]), key.key, held.subarray(kind === 4 ? 8 : 0));
        return isIts ? [Number(made)] : [];
      }),
    ),
  );
  return Math.max(-1, ...times);
}

const FIELDS = { index: "number", position: "number", stream: "string", version: "number", topic: "string", salt: "string", state: "string" };

function entry(bytes) {
  const found = parsed(bytes);
  const names = Object.keys(FIELDS);
  require(found !== null && typeof found === "object" && Object.keys(found).length === names.length, "an entry cannot be read");
  require(names.every((name) => typeof found[name] === FIELDS[name]), "an entry cannot be read");
  require([found.index, found.position, found.version].every(Number.isSafeInteger), "an entry cannot be read");
  require(found.position > 0 && found.version > 0 && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(found.stream), "an entry cannot be read");
  require(!/[.eE]/.test(bytes.toString().replace(/"(?:[^"\\]|\\.)*"/gs, "")), "an entry cannot be read");
  return found;
}

function leaf(entry) {
  const topic = Buffer.from(entry.topic);
  require(topic.toString() === entry.topic, "an entry cannot be read");
  const state = written(entry.state, "base64");
  return sha256(
    Buffer.from([0]), written(entry.salt, "hex", 16), number(entry.position, 8), Buffer.from(entry.stream.replaceAll("-", ""), "hex"),
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

function lines(bytes) {
  const found = [];
  for (let begin = 0, end; begin < bytes.length; begin = end + 1) {
    end = bytes.indexOf(10, begin);
    if (end < 0) end = bytes.length;
    found.push(bytes.subarray(begin, end));
  }
  return found;
}

function main([path, ...options]) {
  const given = (name) => options.flatMap((one, at) => (one === name ? [options[at + 1]] : []));
  const trusted = given("--key").map(verifier);
  const kept = given("--checkpoint").flatMap((file) => checkpoints(readFileSync(file, "utf8"), true));
  const files = unzipped(path);
  for (const name of ["manifest.json", "entries.jsonl", "leaves.bin", "checkpoints.txt", "verifiers.txt"])
    require(files.has(name), `${name} is missing`);
  const manifest = parsed(files.get("manifest.json")) ?? {};
  const { size } = manifest;
  require(Object.keys(manifest).sort().join() === MEMBERS, "a manifest with other members");
  require(Number.isSafeInteger(size) && size > 0, "a manifest without a size");
  require(!/"size"\s*:\s*\d*[.eE]/.test(files.get("manifest.json").toString()), "a manifest without a size");
  const own = checkpoints(new TextDecoder("utf-8", { fatal: true }).decode(files.get("checkpoints.txt")), false);
  require(files.get("verifiers.txt").length <= 65_536 && files.get("checkpoints.txt").length <= 4_194_304, "too large");
  files.get("verifiers.txt").toString().split("\n").filter(Boolean).forEach(verifier);
  const entries = lines(files.get("entries.jsonl")).map(entry);
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
  const every = [...own, ...kept].sort((a, b) => a.size - b.size);
  const oldest = trusted.length ? undefined : every.find((one) => one.isKept);
  const keys = [...trusted];
  const [differ, agree, branches, ends] = [[], [], [], []];
  let [signed, count, told] = [0, 0, 0];
  for (const one of every) {
    for (; told < Math.min(one.size, size); told++) tell(told);
    if (one.size > size || !rootOf(one.size).equals(one.root)) {
      differ.push(one);
      continue;
    }
    const made = signedAt(one, keys);
    count++;
    if (one.isKept || made >= 0) agree.push(one);
    if (made < 0) continue;
    signed = one.size;
    for (const branch of branches.splice(0)) ends.push({ size: branch.size, at: Math.min(branch.at, made) });
  }
  function tell(index) {
    const { topic, state } = shown.get(index) ?? {};
    if (topic !== "entente.checkpoint-key" && topic !== "entente.restored") return;
    try {
      const text = Buffer.from(state, "base64").toString();
      const said = JSON.parse(text.slice(1, text.indexOf("\n")));
      if (topic === "entente.restored") {
        const [begin] = checkpoints(said.checkpoint, false);
        const isHere = agree.some((other) => other.size === begin.size && other.root.equals(begin.root));
        if (isHere) branches.push({ size: begin.size, at: Math.floor(said.received / 1e6) });
        return;
      }
      const key = verifier(said.vkey);
      const message = Buffer.from(`entente.checkpoint-key\n${said.vkey}\n`);
      const isVouchedFor = keys.some((former) => verify(null, message, former.key, Buffer.from(said.signed ?? "", "base64")));
      if (isVouchedFor || (oldest && signedAt(oldest, [key]) >= 0)) keys.push(key);
    } catch {
      // an entry that was altered tells nothing
    }
  }
  const isLeft = (one) => ends.some(({ size, at }) => size < one.size && signedAt(one, keys) > 0 && signedAt(one, keys) <= at);
  const [first] = differ.filter((one) => !isLeft(one));
  if (first && first.size > size) throw new Altered(`a checkpoint of ${first.size} entries is ahead of the bundle`);
  if (first) {
    const before = agree.filter((one) => one.size < first.size && (one.isKept || !first.isKept)).at(-1)?.size;
    throw new Altered(before ? `altered among the entries ${before + 1} to ${first.size}` : `altered among the first ${first.size} entries`);
  }
  if (!own.some((one) => one.size === size)) throw new Altered("no checkpoint is of the whole bundle");
  if (trusted.length && signed < size) throw new Altered("signed by no key that you trust");
  const newest = own.find((one) => one.size === size);
  const facts = { bundle: 1, origin: newest.origin, size, root: newest.root.toString("base64"), shown: entries.length };
  compareManifest(manifest, files, facts, entries.at(-1) ?? { index: -1, position: 0 });
  const vouched = Math.max(signed, ...agree.map((one) => one.size));
  return [
    `${size} entries, ${entries.length} of them shown, agree with ${count} checkpoints`,
    ...(vouched > 0 && vouched < size ? [`nothing vouches for entries ${vouched + 1} to ${size}`] : []),
  ].join("\n");
}

// The exit code, and what it says.
export function told(given) {
  try {
    return [0, main(given)];
  } catch (error) {
    return error instanceof Altered ? [1, error.message] : [2, "it cannot be read as a bundle"];
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [code, says] = told(process.argv.slice(2));
  console[code ? "error" : "log"](says);
  process.exitCode = code;
}
