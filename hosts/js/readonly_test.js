'use strict';
const test = require('node:test');
const assert = require('node:assert');
const { isReadOnly, keepsSilent } = require('./readonly');

test('scripts that only look are seen to', () => {
    for (const text of [
        '',
        'if (event.request.method !== "GET") throw "Only HTTP GET is allowed on this endpoint.";',
        'var payload = event.request.payload; if (payload.resource) { payload.resource.forEach(function (r) {'
            + ' if (!r.first_name) { throw "Missing first_name."; } if (r.salary <= 0) { throw "s"; } }); }',
        'for (let i = 0; i < event.request.payload.resource.length; i++) { n += 1; console.log(i); }',
        'const total = event.response.content.resource.filter(r => r.salary >= 3).map((r) => r.salary); total === 3;',
        'let a; a ||= 1; --a; a >>>= 2; return a == 1 ? 2 : 3;',
    ]) assert.ok(isReadOnly(text), text);
});

test('whatever might write is not', () => {
    for (const text of [
        'event.response.status_code = 201', 'event["response"] = 1', 'event . resource = 1', 'event.\nresource += 1',
        'const c = event.response.content; c.a = 1', 'c[0] = 1', 'a.b++', 'a[0]--', '++a.b', '--a[0]', '++ a . b',
        '[a.b] = [1]', '({x: a.b} = {x: 1})', 'a.b ??= 1', 'a.b **= 2', 'a.b >>>= 1', 'delete a.b',
        'c.resource.push(1)', 'c.resource.sort()', 'c["pu" + "sh"](1)', 'c["pu" + "sh"]?.(1)', 'c["push"]`x`',
        'const f = c["so" + "rt"]; f.call(c)', 'Object.assign(c, {})', 'Reflect.set(c, "a", 1)',
        'with (event) { resource = 1 }', 'for (a.b of [1]) {}', 'for (a.b in c) {}', 'for (event.resource of [1]) ;',
        'event.setResponse(1)', 'require("lodash").set(c, "a", 1)', 'a./**/b = 1', 'a.//\nb = 1', 'a.\\u0062 = 1',
        'a.éb = 1', 'a.b\u2028= 1', 'this.#x = 1', 'eval("x")', 'new Function("x")', '(0).constructor', 'c.__proto__',
        'a.b=1', 'a.b<<=1', 'a.b>>=1', 'return ++a.b', 'a\n++b.c', 'a\n++\nb.c', 'x; void --a.b', 'else ++a.b', 'a?.b.c=1', 'x=a.b=1', 'globalThis.y', 'event.request.content.write("x")',
        '++(a.b)', '++ (a).b', '++a\n.b', 'arguments[0].x', 'new Uint8Array(c.buffer)', 'a.b/* */=1', '++a/**/.b',
        'c.b=== 1; c.b =1', 'a.get=1', '(a).b-=1', 'a[b]=c', '`${a.b = 1}`', '++`${a}`.b', '++a?.b',
    ]) assert.ok(!isReadOnly(text), text);
});

test('a script that returns or sends values does not keep silent', () => {
    assert.ok(keepsSilent('if (event.resource) return; throw "x"'));
    for (const text of ['return event.request', 'platform.api.post("x", event.request.payload)', 'a.b = 1']) {
        assert.ok(!keepsSilent(text), text);
    }
});
