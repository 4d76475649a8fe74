'use strict';
const test = require('node:test');
const assert = require('node:assert');
const { Ledger } = require('./json_text');
const { sortArguments, makeResult, callbackArguments } = require('./api_call');

const sorted = (verb, ...args) => sortArguments(verb, args, new Ledger());

test('get and delete tell options from a payload', () => {
    assert.deepStrictEqual(sorted('get', 'a', { parameters: { n: 1 } }).head.parameters, { n: '1' });
    assert.deepStrictEqual(sorted('get', 'a', { n: 1 }).payload, ['json', '{"n":1}']);
    assert.strictEqual(sorted('delete', 'a', { headers: {}, CURLOPT_USERNAME: 'x' }).payload, null);
    assert.deepStrictEqual(sorted('post', 'a', { headers: {} }).payload, ['json', '{"headers":{}}']);
});

test('nothing, null and an empty text are no payload', () => {
    for (const none of [undefined, null, '']) assert.strictEqual(sorted('post', 'a', none, {}).payload, null);
    assert.deepStrictEqual(sorted('post', 'a', 'text').payload, ['text', 'text']);
    assert.deepStrictEqual(sorted('post', 'a', 0).payload, ['json', '0']);
});

test('the last function is the callback wherever it stands', () => {
    const callback = () => {};
    for (const args of [['a'], ['a', null], ['a', null, ''], ['a', { x: 1 }, {}]]) {
        assert.strictEqual(sorted('patch', ...args, callback).callback, callback);
        assert.strictEqual(sorted('patch', ...args, callback, undefined).callback, callback);
    }
});

test('call names its verb', () => {
    const { head, payload } = sorted('call', 'put', 'a', [1], { headers: { 'X-A': 'b' } });
    assert.deepStrictEqual(head,
        { method: 'PUT', path: 'a', parameters: {}, headers: { 'X-A': 'b' }, options: {} });
    assert.deepStrictEqual(payload, ['json', '[1]']);
});

test('what only the server knows what to do with goes to it as text', () => {
    const { head } = sorted('post', 'a', 1, { headers: ['X-A: b'], CURLOPT_TIMEOUT: 5, on: () => {} });
    assert.deepStrictEqual(head.headers, {});
    assert.deepStrictEqual(head.options, { headers: '["X-A: b"]', CURLOPT_TIMEOUT: '5' });
    assert.deepStrictEqual(sorted('post', 'a', 1, { headers: [], parameters: null }).head.options, {});
});

test('a missing path or verb is a TypeError', () => {
    assert.throws(() => sorted('get'), TypeError);
    assert.throws(() => sorted('get', 5), TypeError);
    assert.throws(() => sorted('call'), TypeError);
});

test('a reply that says JSON and is none stays text', () => {
    const parts = { form: () => 'json', text: () => '{broken' };
    assert.strictEqual(makeResult({ status_code: 200 }, parts, new Ledger()).content, '{broken');
    assert.deepStrictEqual(callbackArguments({ status_code: 404, reason: 'no' }, parts),
        ['{broken', { statusCode: 404, statusMessage: 'no', headers: {} }]);
});
