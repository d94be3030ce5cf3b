// Writes fuzz.jsonl.gz: what Hugging Face tokenizers makes of random strings, for the tiny tokenizers and for random ones.
//   npm install tokenizers@0.23.2 (in any folder; NODE_PATH names its node_modules), then: node make-fuzz.js
// A line: {name, tokenizer (none: the tiny one of that name), rows: [[text, ids, ids with special tokens, decoded, decoded without special tokens]]}.
// The library ends the whole process on some files, so each random tokenizer is tried in a process of its own, and left out where that ends early.
const { execFileSync } = require('child_process'), fs = require('fs'), path = require('path'), zlib = require('zlib');
const { Tokenizer } = require('tokenizers');
const TINY_SEED = 2026, RANDOM_SEED = 7, TINY_STRINGS = 25, RANDOM_TOKENIZERS = 160, RANDOM_STRINGS = 8;

function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = n => Math.floor(next() * n);
  return { below, pick: list => list[below(list.length)], share: p => next() < p, times: (n, make) => [...Array(n)].map(make) };
}

const character = c => (c >= 0xd800 && c <= 0xdfff ? '\ufffd' : String.fromCodePoint(c));
const range = (from, to) => r => character(from + r.below(to - from));
const oneOf = list => r => r.pick(list);
const BLANKS = [9, 10, 11, 12, 13, 0x1c, 32, 0x85, 0xa0, 0x1680, 0x180e, 0x2000, 0x2007, 0x200b, 0x200d, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff].map(character);
const DIGITS = [0x30, 0x660, 0x966, 0xe50, 0x1040, 0xff10, 0x104a0, 0x11de0, 0x1d7ce, 0x1fbf0];
const ALPHABETS = [
  range(0, 0x110000), range(0, 0x10000), range(0x10000, 0x20000), range(0, 128), range(0, 32), range(0, 0x300), range(0x300, 0x370), range(0x1100, 0x1200), range(0xac00, 0xd7a4),
  range(0x900, 0xe00), range(0x590, 0x790), range(0x1c80, 0x1d00), range(0x2000, 0x2800), range(0x3000, 0x3100), range(0xa640, 0xab70), range(0xfb00, 0x10000), range(0x10400, 0x11e00), range(0x1d400, 0x1d800),
  range(0x1f000, 0x20000), oneOf(BLANKS), oneOf([' ', '  ', '\n', '\r\n', '\t']), r => character(r.pick(DIGITS) + r.below(10)), oneOf(['²', '½', 'Ⅳ', '①']),
  oneOf(["'s", "'T", "'rE", "'ll", "'\u017f", "\u2019s", "''", "'\u212a"]), oneOf(['👨‍👩‍👧', '🏳️‍🌈', '👍🏿', '❤️']), oneOf([...'abAB12.,!-_<>/']), oneOf(['▁', 'Ġ', '<0x41>', '</w>', '##', '<unk>', '<s>']),
  r => r.pick([...'aeiouAEIOUs']) + character(0x300 + r.below(0x70)), oneOf(['hello', 'World', "don't", 'x_1', '\u212b', '\u1e9b\u0323', '\u0130', '\ufb01', '日本語', 'кот', '\ua7ce', '\u{16ea0}']),
];

function text(r, added, alphabets) {
  const own = r.times(1 + r.below(4), () => r.pick(alphabets));
  return r.times(r.pick([0, 1, 2, 3, 5, 8, 13, 30]), () => {
    const sign = added.length && r.share(0.15) ? r.pick(added) : r.pick(own)(r);
    return r.share(0.05) ? sign.repeat(5) : r.share(0.05) ? sign.slice(0, -1) : sign;
  }).join('').toWellFormed();
}

const BYTES = (() => { let next = 256; return [...Array(256).keys()].map(i => character((i >= 33 && i <= 126) || (i >= 0xa1 && i <= 0xac) || i >= 0xae ? i : next++)); })();
const LETTERS = [...'abcdefABst12.,!\'-▁ \néßſ你好😀𠀀\u0301_<>/w'];
const RULES = ['\\p{L}+', '\\s+', '\\p{N}{1,3}', " ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", "(?i:'s|'t|'ll)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|\\s*[\\r\\n]+|\\s+", 'a|ab', 'a*?b', '(?<=a)b', '[^a]', 'a++b', 'b*', '(?=b)',
  '[\\r\\n]', '\\p{Lu}\\p{Ll}*', '[一-龥]+', 'a{1,2}?', '(?:ab)+', '\\P{L}', '.', '(a|b|)c', '(?!a).', 'a{,2}'];
const BEHAVIOURS = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'];
const pattern = r => (r.share(0.3) ? { String: r.pick(['a', ' ', 'ab', '▁', 'aba', '😀', 'é']) } : { Regex: r.pick(RULES) });
const sequence = (type, field, r, make) => (r.share(0.5) ? make(r) : { type, [field]: r.times(r.below(4), () => make(r)) });
const byteLevel = r => ({ type: 'ByteLevel', add_prefix_space: r.share(0.3), trim_offsets: r.share(0.5), use_regex: r.share(0.6) });
const metaspace = r => ({ type: 'Metaspace', replacement: r.pick(['▁', '▁', '_', 'a']), prepend_scheme: r.pick(['always', 'first', 'never']), split: r.share(0.5) });

const word = r => r.pick([
  () => ({ type: 'Split', pattern: pattern(r), behavior: r.pick(BEHAVIOURS), invert: r.share(0.3) }), () => ({ type: 'Digits', individual_digits: r.share(0.5) }), () => ({ type: 'Punctuation', behavior: r.pick(BEHAVIOURS) }),
  () => ({ type: 'Whitespace' }), () => ({ type: 'WhitespaceSplit' }), () => ({ type: 'BertPreTokenizer' }), () => ({ type: 'CharDelimiterSplit', delimiter: r.pick([' ', 'a', '😀']) }), () => ({ type: 'UnicodeScripts' }), () => metaspace(r),
])();
const normaliser = r => r.pick([
  () => ({ type: 'Prepend', prepend: r.pick(['▁', 'ab', '😀', '\u0301']) }), () => ({ type: 'Replace', pattern: pattern(r), content: r.pick(['▁', '', 'ab', ' ', 'é']) }), () => ({ type: 'NFC' }), () => ({ type: 'NFD' }), () => ({ type: 'NFKC' }),
  () => ({ type: 'NFKD' }), () => ({ type: 'Lowercase' }), () => ({ type: 'Strip', strip_left: r.share(0.5), strip_right: r.share(0.5) }), () => ({ type: 'StripAccents' }),
])();
const decoder = r => r.pick([
  () => ({ type: 'ByteFallback' }), () => ({ type: 'Fuse' }), () => ({ type: 'Replace', pattern: pattern(r), content: r.pick([' ', '', 'ab']) }), () => ({ type: 'Strip', content: r.pick([' ', 'a', '▁']), start: r.below(2), stop: r.below(2) }),
  () => metaspace(r), () => ({ type: 'BPEDecoder', suffix: r.pick(['</w>', 'a']) }), () => byteLevel(r),
])();
const around = (r, vocabulary) => {
  const token = () => { const name = r.pick(Object.keys(vocabulary)); return [name, vocabulary[name]]; };
  const special_tokens = {};
  const special = () => { const [id, number] = token(); special_tokens[id] = { id, ids: [number], tokens: [id] }; return { SpecialToken: { id, type_id: 0 } }; };
  return r.pick([
    () => byteLevel(r), () => ({ type: 'BertProcessing', sep: token(), cls: token() }), () => ({ type: 'RobertaProcessing', sep: token(), cls: token(), trim_offsets: true, add_prefix_space: false }),
    () => ({ type: 'TemplateProcessing', single: [...r.times(r.below(3), special), { Sequence: { id: 'A', type_id: 0 } }, ...r.times(r.below(3), special)], pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }], special_tokens }),
  ])();
};

function model(r, bytes) {
  const [prefix, suffix, fallback] = [r.share(0.15) ? r.pick(['##', '@']) : null, r.share(0.15) ? r.pick(['</w>', '@']) : null, !bytes && r.share(0.4)];
  const vocab = {}, add = token => { vocab[token] ??= Object.keys(vocab).length; return token; };
  if (r.share(0.7)) { add('<unk>'); }
  const symbols = (bytes ? BYTES : LETTERS.filter(() => r.share(0.8))).flatMap(letter => (prefix || suffix ? [letter, (prefix ?? '') + letter, letter + (suffix ?? '')] : [letter])).map(add);
  if (fallback) { for (let i = 0; i < 256; i++) { add(`<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`); } }
  const merges = [];
  for (let i = r.below(50); i > 0; i--) {
    const [left, right] = [r.pick(symbols), r.pick(symbols)];
    if (!prefix || right.startsWith(prefix)) { merges.push([left, right]); symbols.push(add(left + right.slice(prefix?.length ?? 0))); }
  }
  return { type: 'BPE', dropout: null, unk_token: '<unk>' in vocab && r.share(0.8) ? '<unk>' : null, continuing_subword_prefix: prefix, end_of_word_suffix: suffix, fuse_unk: r.share(0.5), byte_fallback: fallback, ignore_merges: r.share(0.3), vocab, merges };
}

function tokenizer(r) {
  const bytes = r.share(0.35), parts = model(r, bytes), steps = r.times(r.pick([0, 0, 1, 1, 2, 3]), () => word(r)).concat(bytes ? [byteLevel(r)] : []);
  const contents = [...new Set(r.times(r.below(7), () => (r.share(0.5) ? r.pick(['<unk>', '<|x|>', '<|y|>', 'Ab', 'É', 'ﬁ', ' a', 'a ', '  ', '\n', 'abc', '_x', '▁a', ' ']) : r.times(1 + r.below(3), () => r.pick(LETTERS)).join(''))))];
  let next = Object.keys(parts.vocab).length;
  const added_tokens = contents.map(content => ({ id: parts.vocab[content] ?? next++, content, single_word: r.share(0.25), lstrip: r.share(0.3), rstrip: r.share(0.3), normalized: r.share(0.4), special: r.share(0.5) }));
  return {
    version: '1.0',
    truncation: r.share(0.1) ? { direction: r.pick(['Left', 'Right']), max_length: r.pick([5, 8, 20]), strategy: 'LongestFirst', stride: 0 } : null,
    padding: r.share(0.15) ? { strategy: r.share(0.5) ? 'BatchLongest' : { Fixed: r.pick([0, 1, 5, 12]) }, direction: r.pick(['Left', 'Right']), pad_to_multiple_of: r.pick([null, 0, 3, 8]), pad_id: r.below(3), pad_type_id: 0, pad_token: 'x' } : null,
    added_tokens,
    normalizer: r.share(0.35) ? null : sequence('Sequence', 'normalizers', r, normaliser),
    pre_tokenizer: steps.length === 0 ? null : { type: 'Sequence', pretokenizers: steps },
    post_processor: r.share(0.4) ? null : sequence('Sequence', 'processors', r, () => around(r, parts.vocab)),
    decoder: bytes && r.share(0.6) ? byteLevel(r) : r.share(0.15) ? null : sequence('Sequence', 'decoders', r, decoder),
    model: parts,
  };
}

async function rows(json, strings) {
  const read = Tokenizer.fromString(JSON.stringify(json)), made = [];
  for (const string of strings) {
    const [ids, whole] = [(await read.encode(string, null, { addSpecialTokens: false })).getIds(), (await read.encode(string)).getIds()];
    made.push([string, ids, whole, await read.decode(whole, false), await read.decode(whole, true)]);
  }
  return made;
}

async function one(seed) {
  const r = chance(RANDOM_SEED * 1000003 + seed), json = tokenizer(r), added = json.added_tokens.map(token => token.content);
  const strings = r.times(RANDOM_STRINGS, (_, i) => text(r, added, i % 4 ? [oneOf(LETTERS)] : ALPHABETS));
  process.stdout.write(JSON.stringify({ name: `random ${seed}`, tokenizer: json, rows: await rows(json, strings) }));
}

async function all() {
  const lines = [];
  for (const line of zlib.gunzipSync(fs.readFileSync(path.join(__dirname, 'tiny.jsonl.gz'))).toString().split('\n').filter(line => line)) {
    const { name, tokenizer: json } = JSON.parse(line), r = chance(TINY_SEED + lines.length), added = (json.added_tokens ?? []).map(token => token.content);
    if (!/^(norm-bert|norm-nmt|unigram|wordpiece)/.test(name)) { lines.push(JSON.stringify({ name, rows: await rows(json, r.times(TINY_STRINGS, () => text(r, added, ALPHABETS))) })); }
  }
  for (let seed = 0; seed < RANDOM_TOKENIZERS; seed++) {
    try { lines.push(execFileSync(process.execPath, [__filename, seed], { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 }).toString()); } catch { /* It ended early, or refused the file. */ }
  }
  fs.writeFileSync(path.join(__dirname, 'fuzz.jsonl.gz'), zlib.gzipSync(lines.join('\n') + '\n', { level: 9 }));
}

process.argv.length > 2 ? one(+process.argv[2]) : all();
