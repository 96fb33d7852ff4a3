// Runs the module over a file of requests as any host would, twice, and writes its answers.
// Use: node run.mjs MODULE REQUESTS ANSWERS
// Both files are byte strings, each behind its length in four bytes, lowest first; a request is three of them:
// definition, told, at.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

const [moduleFile, requestsFile, answersFile] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(moduleFile));
// Nothing to import is nothing to reach: no clock, no network, no file, no chance.
assert.deepEqual(WebAssembly.Module.imports(module), []);
const { memory, allocate, assess, release } = new WebAssembly.Instance(module).exports;

/** A piece of the module's memory with these bytes; `[address, length]`. */
function put(bytes) {
    if (bytes.length === 0) return [0, 0];
    const address = allocate(bytes.length) >>> 0;
    assert.notEqual(address, 0, `no memory for ${bytes.length} bytes`);
    // A call may have made the memory grow, which takes older views away.
    new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
    return [address, bytes.length];
}

/** The bytes of an answer, which is given back. */
function take(address) {
    address >>>= 0;
    assert.notEqual(address, 0, 'no memory for an answer');
    const length = new DataView(memory.buffer).getUint32(address, true);
    const bytes = new Uint8Array(memory.buffer, address + 4, length).slice();
    assert.equal(release(address, 4 + length), 1);
    return bytes;
}

function ask(request) {
    const pieces = request.map(put);
    const answer = take(assess(...pieces.flat()));
    for (const piece of pieces) assert.equal(release(...piece), piece[1] === 0 ? 0 : 1);
    return answer;
}

function strings(bytes) {
    const found = [];
    for (let at = 0; at < bytes.length; ) {
        const length = bytes.readUInt32LE(at);
        found.push(bytes.subarray(at + 4, at + 4 + length));
        at += 4 + length;
    }
    return found;
}

// A host that is wrong gets a word and no harm.
const text = (bytes) => Buffer.from(bytes).toString();
assert.equal(allocate(0), 0);
assert.equal(allocate(-1), 0);
assert.equal(allocate(2 ** 20 + 1), 0);
assert.equal(release(12345, 3), 0);
const [piece, length] = put(Buffer.from('{}'));
assert.match(text(take(assess(piece, length + 1, piece, length, 0xfffffff0, 8))), /"definition","code":"not-held".*"at","code":"not-held"/);
assert.match(text(take(assess(piece, length, piece, length, 0, 0))), /"code":"not-a-definition"/);
assert.equal(release(piece, length), 1);
assert.equal(release(piece, length), 0);

const parts = strings(readFileSync(requestsFile));
const requests = [];
for (let at = 0; at < parts.length; at += 3) requests.push(parts.slice(at, at + 3));

const began = process.hrtime.bigint();
const answers = requests.map(ask);
const each = Number(process.hrtime.bigint() - began) / 1000 / requests.length;
const after = memory.buffer.byteLength;
requests.forEach((request, at) => {
    assert.ok(Buffer.from(ask(request)).equals(answers[at]), `request ${at} is answered otherwise the second time`);
});
assert.equal(memory.buffer.byteLength, after, 'memory grows: something is not given back');

const out = answers.flatMap((answer) => {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(answer.length);
    return [head, answer];
});
writeFileSync(answersFile, Buffer.concat(out));
console.log(`${requests.length} requests, ${each.toFixed(0)} µs each with reading the definition, ${after / 1024} KiB of memory`);
