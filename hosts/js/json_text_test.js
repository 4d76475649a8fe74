'use strict';
const test = require('node:test');
const assert = require('node:assert');
const { Ledger } = require('./json_text');

/** What `edit` makes of a text, encoded again. */
function edited(text, edit) {
    const ledger = new Ledger();
    const value = ledger.decode(text).value;
    const made = edit(value);
    return ledger.encode(made === undefined ? value : made);
}

test('a text that loses nothing takes the fast path', () => {
    const ledger = new Ledger();
    ledger.decode('{"a":[1,2.5,"x"],"b":null}');
    assert.strictEqual(ledger.isLiteral, false);
    ledger.decode('{"id":9007199254740993}');
    assert.strictEqual(ledger.isLiteral, true);
});

test('members that are not touched keep their numerals', () => {
    assert.strictEqual(edited('{"id":9007199254740993,"n":1.50,"e":1e2}', (v) => { v.x = 1; }),
        '{"id":9007199254740993,"n":1.50,"e":1e2,"x":1}');
    assert.strictEqual(edited('[9007199254740993,1]', (v) => { v[1] = 2; }), '[9007199254740993,2]');
});

test('keys keep their order, integers among them', () => {
    assert.strictEqual(edited('{"b":1,"10":2,"a":3,"2":4}', (v) => { v.c = 5; v.b = 6; }),
        '{"b":6,"10":2,"a":3,"2":4,"c":5}');
    assert.strictEqual(edited('{"b":1,"10":2,"a":3}', (v) => { delete v[10]; }), '{"b":1,"a":3}');
});

test('maps that moved keep their text', () => {
    assert.strictEqual(edited('{"r":[{"id":9007199254740993,"k":0},{"id":1e3,"k":1}]}',
        (v) => v.r.filter((one) => one.k)), '[{"id":1e3,"k":1}]');
});

test('a numeral is found again by its value, unless two share it', () => {
    assert.strictEqual(edited('{"id":9007199254740993}', (v) => ({ ref: v.id })), '{"ref":9007199254740993}');
    assert.strictEqual(edited('{"a":9007199254740993,"b":9007199254740992}', (v) => ({ ref: v.a })),
        '{"ref":9007199254740992}');
    assert.strictEqual(edited('{"a":-0,"b":5.0}', (v) => ({ x: 0, y: v.a, z: v.b })), '{"x":0,"y":0,"z":5}');
});

test('a repeated key counts with its last value', () => {
    assert.strictEqual(edited('{"a":1,"b":{"x":1,"x":2},"a":3}', (v) => { v.c = v.a; }),
        '{"b":{"x":1,"x":2},"a":3,"c":3}');
});

test('what JSON has no word for is what JSON.stringify makes of it', () => {
    const risky = '{"id":9007199254740993}';
    const value = { u: undefined, f() {}, n: NaN, l: [undefined, () => 1], d: new Date(0), s: Object('t') };
    assert.strictEqual(edited(risky, () => value), JSON.stringify(value));
    assert.strictEqual(edited('{}', () => ({ big: 10n ** 20n })), '{"big":100000000000000000000}');
    const cycle = {};
    cycle.self = cycle;
    assert.throws(() => edited(risky, () => cycle), TypeError);
});

test('an edit deep inside is seen from above', () => {
    assert.strictEqual(edited('{"a":{"b":{"c":1.0,"d":1}},"z":1.0}', (v) => { v.a.b.d = 2; }),
        '{"a":{"b":{"c":1.0,"d":2}},"z":1.0}');
    assert.strictEqual(edited('{"a":[1.0,[2.0]]}', (v) => { v.a[1].push(3); }), '{"a":[1.0,[2.0,3]]}');
});

test('__proto__ is a key like any other', () => {
    assert.strictEqual(edited('{"__proto__":{"a":1.0},"b":1}', (v) => { v.b = 2; }), '{"__proto__":{"a":1.0},"b":2}');
});
