'use strict';
/**
 * Makes everything that the language gives to scripts unchangeable, once, before the first of them.
 * Where scripts set a member of their own that a frozen prototype has (an error's name, a class's toString), an
 * accessor keeps that possible: assigning to the inherited one would be refused otherwise.
 */

const kRemoved = ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'FinalizationRegistry', 'WeakRef', 'ShadowRealm'];

/** Members that scripts override by assignment, by prototype. */
function overridable() {
    const errors = [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError];
    const entries = [
        [Object.prototype, ['constructor', 'toString', 'toLocaleString', 'valueOf', 'hasOwnProperty']],
        [Function.prototype, ['constructor', 'toString', 'name', 'bind', 'call', 'apply']],
        [Array.prototype, ['constructor', 'toString', 'push', 'map', 'concat', 'join']],
        [Promise.prototype, ['constructor', 'then', 'catch']],
        [Date.prototype, ['constructor', 'toString', 'toJSON']],
        [RegExp.prototype, ['constructor', 'toString', 'exec']],
    ];
    for (const error of errors) entries.push([error.prototype, ['constructor', 'name', 'message', 'toString']]);
    return entries;
}

function allowOverride(holder, key) {
    const { value, enumerable } = Object.getOwnPropertyDescriptor(holder, key) || {};
    if (value === undefined) return;
    Object.defineProperty(holder, key, {
        get() { return value; },
        set(own) {
            if (this === holder) throw new TypeError(`${String(key)} cannot be replaced for everybody`);
            if (Object.hasOwn(this, key)) this[key] = own;
            else Object.defineProperty(this, key, { value: own, writable: true, enumerable: true, configurable: true });
        },
        enumerable,
        configurable: false,
    });
}

/** Freezes what can be reached from `start` through members, accessors and prototypes. */
function freezeAll(start) {
    const seen = new Set();
    const open = [...start];
    while (open.length > 0) {
        const one = open.pop();
        if (one === null || (typeof one !== 'object' && typeof one !== 'function') || seen.has(one)) continue;
        seen.add(one);
        if (one !== globalThis) Object.freeze(one);
        open.push(Object.getPrototypeOf(one));
        for (const key of Reflect.ownKeys(one)) {
            const { value, get, set } = Object.getOwnPropertyDescriptor(one, key);
            open.push(value, get, set);
        }
    }
}

/** Objects of the language that no global name leads to. */
function hidden() {
    const list = [[][Symbol.iterator](), new Map().entries(), new Set().entries(), ''[Symbol.iterator](),
        'a'.matchAll(/a/g), (function* () {}), (async () => {}), (async function* () {}), (function* () {})(),
        (async function* () {})()];
    return list.map((one) => Object.getPrototypeOf(one));
}

/** Call when everything that scripts shall find on the global object is there. */
function freezeWorld() {
    for (const name of kRemoved) delete globalThis[name];
    for (const [holder, keys] of overridable()) for (const key of keys) allowOverride(holder, key);
    freezeAll([globalThis, ...hidden()]);
    for (const key of Reflect.ownKeys(globalThis)) {
        const descriptor = Object.getOwnPropertyDescriptor(globalThis, key);
        if ('value' in descriptor) descriptor.writable = false;
        Object.defineProperty(globalThis, key, { ...descriptor, enumerable: false, configurable: false });
    }
}

module.exports = { freezeWorld };
