'use strict';
const test = require('node:test');
const assert = require('node:assert');
const v8 = require('node:v8');
const { makeEvent, collect } = require('./event');
const { Ledger } = require('./json_text');

v8.setFlagsFromString('--allow-natives-syntax');
const isSameShape = new Function('a', 'b', 'return %HaveSameMap(a, b)');

const kParts = {
    'request.parameters': ['json', '{"a":"1"}'], 'request.headers': ['json', '{}'],
    'request.content': ['text', '{"n":1}'], 'response.headers': ['json', '{}'], 'response.content': ['json', '[1,2]'],
};

function run() {
    return {
        head: {
            run: 1, resource: 'db._table.t', response: { status_code: 200, content_type: 'application/json' },
            request: { api_version: '2.0', method: 'GET', content_type: '', uri: '/x', service: 'db' },
        },
        parts: {
            form: (name) => (kParts[name] ? kParts[name][0] : null),
            text: (name) => kParts[name][1],
            shape: () => 0,
        },
        ledger: new Ledger(),
    };
}

function changes(one, event) {
    const head = {};
    const parts = [];
    collect(one, event, undefined, head, parts, false);
    return { head, parts };
}

test('the event of one run has the same hidden class as that of the next', () => {
    const first = makeEvent(run());
    const { request, response } = first;
    const second = makeEvent(run());
    assert.ok(isSameShape(first, second));
    assert.ok(isSameShape(request, second.request));
    assert.ok(isSameShape(response, second.response));
});

test('an event that outlives its run shows nothing of the next', () => {
    const first = makeEvent(run());
    const { request } = first;
    const next = run();
    const second = makeEvent(next);
    request.payload = { stolen: true };
    first.setReturn('late');
    first.response = 'late';
    assert.strictEqual(request.payload, undefined);
    assert.strictEqual(first.request, undefined);
    assert.deepStrictEqual(second.request.payload, { n: 1 });
    assert.deepStrictEqual(changes(next, second), { head: {}, parts: [] });
});

test('an object made from the event reads and writes the event', () => {
    const one = run();
    const event = makeEvent(one);
    const own = Object.create(event.response);
    assert.deepStrictEqual(own.content, [1, 2]);
    own.content = [3];
    assert.deepStrictEqual(changes(one, event).parts, [['response.content', 'json', '[3]']]);
});

test('the functions behind the properties keep nothing for the next script', () => {
    const { get, set } = Object.getOwnPropertyDescriptor(makeEvent(run()).request, 'payload');
    for (const one of [get, set]) {
        assert.ok(Object.isFrozen(one));
        assert.throws(() => { one.left = 1; }, TypeError);
    }
    assert.strictEqual(get.prototype, undefined);
    assert.strictEqual(set.prototype, undefined);
});

test('members are listed in the order in which they were always shown', () => {
    const event = makeEvent(run());
    assert.deepStrictEqual(Object.keys(event), ['resource', 'request', 'response']);
    assert.deepStrictEqual(Object.keys(event.request), ['api_version', 'method', 'parameters', 'headers', 'content',
        'content_type', 'payload', 'uri', 'service']);
    assert.deepStrictEqual(Object.keys(event.response), ['status_code', 'headers', 'content', 'content_type']);
    assert.deepStrictEqual(JSON.parse(JSON.stringify(event)).request.payload, { n: 1 });
});
