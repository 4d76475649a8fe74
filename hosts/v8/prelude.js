'use strict';
/**
 * The JavaScript side of the sandbox: frames in, events and platform for the scripts, done frames out.
 * It shares its context with the scripts: it is strict, keeps `native` to itself, and everything of the language that
 * it relies on is frozen before the first script. Contract: hosts/PROTOCOL.md.
 */

/* global native */
const { Run } = require('../js/run');
const { makeExceptions } = require('../js/exceptions');
const { isReadOnly, keepsSilent } = require('../js/readonly');
const { compileText, syntaxError, kBefore, kAfter } = require('../js/compile_text');
const { makeApi, sortArguments, makeResult, callbackArguments } = require('../js/api_call');
const { inspect, format } = require('./inspect');
const { freezeWorld } = require('./freeze');

const kMostScripts = 4096;
const kDefaultWallMs = 10000;
const kQuickMs = 0.5;

const AsyncFunction = (async () => {}).constructor;
const globalPrototype = Object.getPrototypeOf(globalThis);
const scripts = new Map();
let setup = '{}';
let current = null;
/** Set when a script defined something on the global object that no listing of names would show. */
let hasHiddenGlobals = false;

/** The parts of a frame, as event.js and api_call.js ask for them. */
class Parts {
    constructor(frame, list) {
        this.frame = frame;
        this.list = list;
    }

    form(name) {
        for (let i = 0; i < this.list.length; i++) if (this.list[i][0] === name) return this.list[i][1];
        return null;
    }

    text(name) { return this.read(native.text, name); }

    /** As json_text.js names them. */
    shape(name) {
        for (let i = 0; i < this.list.length; i++) if (this.list[i][0] === name) return this.list[i][3];
        return undefined;
    }

    /** A copy: a script may write into it. */
    bytes(name) { return this.read(native.bytes, name); }

    read(how, name) {
        let start = 0;
        for (let i = 0; i < this.list.length; i++) {
            if (this.list[i][0] === name) return how(this.frame, start, this.list[i][2]);
            start += this.list[i][2];
        }
        return how(this.frame, 0, 0);
    }
}

function parseFrame(text, frame, bytes) {
    const head = JSON.parse(text);
    if (typeof head !== 'object' || head === null || Array.isArray(head)) throw new Error('head is no JSON object');
    const list = head.parts || [];
    let sum = 0;
    for (let i = 0; i < list.length; i++) sum += list[i][2];
    if (sum !== bytes) throw new Error('the parts do not add up');
    return { head, parts: new Parts(frame, list) };
}

function send(kind, head, parts) {
    const flat = [];
    for (let i = 0; i < parts.length; i++) flat.push(parts[i][0], parts[i][1], parts[i][2]);
    return native.send(kind, JSON.stringify(head), flat);
}

// --- platform.api, synchronous

function ask(verb, args) {
    const run = current;
    if (run === null) throw new Error('platform.api: the run is over');
    const { head, payload, callback } = sortArguments(verb, args, run.ledger);
    const call = ++run.calls;
    send('C', { run: run.head.run, call, ...head }, payload === null ? [] : [['payload', payload[0], payload[1]]]);
    const reply = awaitReply(run.head.run, call);
    if (callback !== null) callback(...callbackArguments(reply.head, reply.parts));
    return makeResult(reply.head, reply.parts, run.ledger);
}

function awaitReply(run, call) {
    for (;;) {
        const got = native.reply();
        if (got === undefined) throw new Error('platform.api: no answer within the time of this run');
        const frame = parseFrame(got[0], got[1], got[2]);
        if (frame.head.run === run && frame.head.call === call) return frame;
    }
}

const api = makeApi(ask);

// --- what scripts print

function log(level, text) {
    const data = current === null ? text : current.admit(text);
    send('G', { run: current === null ? 0 : current.head.run, level }, [['text', 'text', data]]);
}

function makeConsole() {
    const at = (level) => (...args) => log(level, format(args));
    return {
        log: at('info'), info: at('info'), debug: at('debug'), warn: at('warn'), error: at('error'),
        trace: at('error'), dir: (value) => log('info', inspect(value)), table: at('info'), group: at('info'),
        groupEnd() {}, time() {}, timeEnd() {}, timeLog() {}, count() {},
        assert: (isTrue, ...args) => { if (!isTrue) log('error', `Assertion failed: ${format(args)}`); },
    };
}

// --- scripts

class Script {
    constructor(name, text) {
        this.file = name;
        this.isReadOnly = isReadOnly(text);
        this.isSilent = keepsSilent(text);
        this.isQuick = false;
        this.main = null;
        this.error = null;
        try {
            this.main = Object.freeze(compileText(text, (isAsync) => compile(text, name, isAsync)));
            if (this.main.prototype) Object.freeze(this.main.prototype);
        } catch (fault) {
            this.error = fault.described;
        }
    }
}

/**
 * An asynchronous text is compiled with a head and a foot around it. One that closes the function and goes on would
 * run on its own, outside of any run: the language's constructor refuses it, because it parses the text alone.
 */
function compile(text, name, isAsync) {
    const source = isAsync ? `${kBefore}${text}${kAfter}` : text;
    const made = native.compile(source, name, isAsync, kBefore.length, AsyncFunction, text);
    if (typeof made === 'function') return made;
    const [error, line, column] = made;
    throw { described: syntaxError(error.name, error.message, line || undefined, column || undefined) };
}

function load(frame) {
    if (scripts.size >= kMostScripts) unload(scripts.keys().next().value);
    native.keep(frame.head.script);
    scripts.set(frame.head.script, new Script(String(frame.head.name || 'script'), frame.parts.text('text')));
    forgetMatches();
}

function unload(hash) {
    scripts.delete(hash);
    native.forget(hash);
}

/** Compiles, keeps nothing, runs nothing. Under the limits of a run: a text may be made to compile for long. */
function check(frame) {
    arm(frame.head);
    const { error } = new Script(String(frame.head.name || 'script'), frame.parts.text('text'));
    forgetMatches();
    native.disarm();
    send('D', error === null ? { run: frame.head.run } : { run: frame.head.run, error }, []);
}

// --- runs

/** Starts the limits that the head of a frame names. */
function arm(head) {
    const { limits } = head;
    native.arm(head.run, limits && limits.wall_ms > 0 ? limits.wall_ms : kDefaultWallMs,
               limits && limits.memory_bytes > 0 ? limits.memory_bytes : 0);
}

function work(frame) {
    const script = scripts.get(frame.head.script);
    if (script === undefined) {
        send('D', { run: frame.head.run, error: { message: 'The script was not loaded.' } }, []);
        return;
    }
    if (!script.isQuick) native.flush();
    const started = native.now();
    const run = new Run(frame, script, () => JSON.parse(setup));
    run.calls = 0;
    current = run;
    arm(frame.head);
    run.start(api);
    native.drain();
    settle(run);
    const { head, parts } = run.finish();
    // Encoding calls toJSON and getters, and what those put off must not run during the next run.
    native.drain();
    native.disarm();
    current = null;
    if (!isClean()) native.spend();
    const tookMs = native.now() - started;
    script.isQuick = tookMs < kQuickMs;
    head.us = Math.round(tookMs * 1000);
    if (!send('D', head, parts)) {
        const message = 'The script\'s output is larger than a frame may be.';
        send('D', { run: head.run, error: { message, limit: 'output' } }, []);
    }
}

function settle(run) {
    const rejection = native.rejection();
    if (rejection !== undefined) run.fail(rejection[0]);
    if (run.isOpen) run.fail(new Error('The script ended while something it awaits was still pending.'));
}

/** RegExp.$1 and its kin remember the last text that matched: that of a run, or of a script that was loaded. */
function forgetMatches() {
    /(?:)/.test('');
}

/** Takes away what the run put on the global object. False when the context cannot be used again. */
function isClean() {
    const extras = native.extras();
    for (let i = 0; i < extras.length; i++) {
        if (!Reflect.deleteProperty(globalThis, extras[i])) return false;
    }
    forgetMatches();
    return !hasHiddenGlobals && Object.isExtensible(globalThis)
        && Object.getPrototypeOf(globalThis) === globalPrototype;
}

/** The functions that can hide a global from listings say so. */
function watchDefinitions() {
    const { defineProperty, defineProperties } = Object;
    const reflected = Reflect.defineProperty;
    const watch = (target) => { if (target === globalThis) hasHiddenGlobals = true; };
    const replace = (holder, key, value) => defineProperty(holder, key, { value, writable: true, configurable: true });
    replace(Object, 'defineProperty', function defineProperty_(target, key, how) {
        watch(target);
        return defineProperty(target, key, how);
    });
    replace(Object, 'defineProperties', function defineProperties_(target, how) {
        watch(target);
        return defineProperties(target, how);
    });
    replace(Reflect, 'defineProperty', function reflected_(target, key, how) {
        watch(target);
        return reflected(target, key, how);
    });
}

function handle(kind, text, bytes) {
    const frame = parseFrame(text, 0, bytes);
    switch (kind) {
    case 'R': return work(frame);
    case 'L': return load(frame);
    case 'K': return check(frame);
    case 'U': return unload(frame.head.script);
    case 'P': return void native.send('P', JSON.stringify({ n: frame.head.n }), []);
    case 'S': return void (setup = JSON.stringify(frame.head.config || {}));
    case 'Y': return undefined;
    default: throw new Error(`a frame of unknown type ${kind}`);
    }
}

/** Stacks have the script's frames and the language's own, which have no line. The host's have a line and no file. */
function stackText(error, sites) {
    let text = 'Error';
    try {
        text = String(error);
    } catch { }  // a message that throws when it is read
    for (let i = 0; i < sites.length; i++) {
        if (sites[i].getFileName() || sites[i].getLineNumber() === null) text += `\n    at ${sites[i]}`;
    }
    return text;
}

function start() {
    Object.defineProperty(Error, 'prepareStackTrace', { value: stackText, writable: false, configurable: false });
    const names = { console: makeConsole(), print: (...args) => log('info', format(args)),
        var_dump: (...args) => { for (const one of args) log('info', inspect(one)); }, ...makeExceptions() };
    for (const [name, value] of Object.entries(names)) {
        Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
    }
    watchDefinitions();
    freezeWorld();
    hasHiddenGlobals = false;
    return handle;
}

module.exports = start();
