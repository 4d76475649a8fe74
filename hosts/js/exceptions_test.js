'use strict';
const test = require('node:test');
const assert = require('node:assert');
const { makeExceptions, describe } = require('./exceptions');

const all = makeExceptions();

test('exceptions are errors with and without new', () => {
    for (const made of [new all.NotFoundException('x', 5), all.NotFoundException('x', 5)]) {
        assert.ok(made instanceof Error && made instanceof all.NotFoundException);
        const { stack, ...facts } = describe(made, 'script');
        assert.deepStrictEqual(facts, { message: 'x', class: 'NotFoundException', status_code: 404, code: 5 });
        assert.ok(stack);
    }
});

test('a context may follow the code, after what the exception came from or in its place', () => {
    const context = { name: ['is required'] };
    const cause = new Error('below');
    for (const made of [new all.BadRequestException('x', 5, null, context), new all.BadRequestException('x', 5, context),
        new all.RestException(400, 'x', 5, cause, context)]) {
        const { code, context: told } = describe(made, 's');
        assert.deepStrictEqual([code, told], [5, context]);
    }
    const chained = new all.NotFoundException('x', null, cause);
    assert.strictEqual(chained.cause, cause);
    assert.strictEqual(describe(chained, 's').context, undefined);
});

test('a class of the script may extend them', () => {
    class Own extends all.ForbiddenException {}
    const made = new Own('mine');
    assert.ok(made instanceof Own && made instanceof all.ForbiddenException);
    assert.strictEqual(describe(made, 's').status_code, 403);
});

test('a status outside of HTTP is left out', () => {
    assert.strictEqual(describe({ message: 'm', status_code: 99 }, 's').status_code, undefined);
    assert.strictEqual(describe(new all.RestException(9999, 'm'), 's').status_code, 500);
    assert.strictEqual(describe({ message: 'm', statusCode: '404' }, 's').status_code, 404);
});

test('codes are integers', () => {
    assert.strictEqual(describe({ message: 'm', code: 'ENOENT' }, 's').code, undefined);
    assert.strictEqual(describe({ message: 'm', code: '42' }, 's').code, 42);
});

test('whatever is thrown has a message', () => {
    const hostile = { get message() { throw new Error('never'); } };
    for (const thrown of [undefined, null, {}, [], 0, Symbol('s'), Object.create(null), hostile, new Error()]) {
        assert.strictEqual(typeof describe(thrown, 's').message, 'string');
    }
});

test('a context that cannot be encoded is left out', () => {
    const context = {};
    context.self = context;
    assert.strictEqual(describe({ message: 'm', stack: 's', context }, 's').context, undefined);
});

test('line and column are those of the script, and the stack ends with it', () => {
    const thrown = new Error('m');
    thrown.stack = 'Error: m\n    at f (db.x:3:7)\n    at db.x:9:1\n    at host (/srv/main.js:1:1)';
    const { line, column, stack } = describe(thrown, 'db.x');
    assert.deepStrictEqual([line, column], [3, 7]);
    assert.ok(!stack.includes('main.js'));
});

test('a batch lists its failures', () => {
    const made = new all.BatchException([all.BadRequestException('a'), { b: 1 }], 'some');
    assert.deepStrictEqual(made.context, {
        error: [0],
        resource: [{ code: 400, context: null, message: 'a', status_code: 400 }, { b: 1 }],
    });
});
