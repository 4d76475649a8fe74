'use strict';
/**
 * The Node.js host: real Node with everything it has, one run at a time.
 *
 * Reading is blocking, and the event loop turns only while a run has something pending: the usual run
 * (nothing asynchronous, or only awaited platform.api calls) never leaves the loop in `pump`.
 * A run is over when its function has settled and nothing that it started keeps the event loop alive,
 * because callbacks may still set the response. Contract: hosts/PROTOCOL.md.
 */

const path = require('path');
const v8 = require('v8');
const { Connection, BrokenFrame } = require('./frames');
const { Children } = require('./children');
const { CleanStart } = require('./clean_start');
const { Script } = require('./compile');
const { Leftovers } = require('./leftovers');
const { NodeRun, current, kApi } = require('./node_run');
const { makeExceptions } = require('../js/exceptions');
const { hideOwnModules } = require('./reach');
const output = require('./output');

const kDescriptor = 3;
const kQuickMs = 0.5;
const kMostScripts = 4096;
const kLogHoldMs = 20;
/** What a failed run has left to do may end by itself for so long. Node itself would be gone at once. */
const kAfterFailureMs = 50;

const { reallyExit } = process;
const drainMicrotasks = process._tickCallback;
const now = performance.now.bind(performance);
const startTimer = setTimeout;

class NodeHost {
    constructor() {
        this.connection = new Connection(kDescriptor);
        this.children = new Children();
        this.leftovers = new Leftovers();
        this.clean = new CleanStart();
        this.scripts = new Map();
        this.pending = [];
        this.run = null;
        this.startedAt = 0;
        this.flushedAt = 0;
        this.setup = { config: '{}' };
        this.isReading = false;
        this.isLoopDry = false;
        this.config = () => JSON.parse(this.setup.config);
        this.hold = (kind, head, parts) => this.send(kind, head, parts);
    }

    send(kind, head, parts) {
        this.connection.send(kind, head, parts);
    }

    // --- the loop

    /** Works until a run needs the event loop. Called from the top of the stack only. */
    pump() {
        for (;;) {
            if (this.run !== null) {
                if (!this.settle()) return;
                continue;
            }
            const frame = this.next();
            this.handle(frame);
        }
    }

    /** The next frame, read if need be. Never returns at end of file. */
    next() {
        if (this.pending.length > 0) return this.pending.shift();
        for (;;) {
            const frame = this.connection.take();
            if (frame !== null) return frame;
            this.flush();
            if (!this.connection.fill()) this.leave(0);
        }
    }

    flush() {
        this.connection.flush();
        this.flushedAt = now();
    }

    handle(frame) {
        switch (String.fromCharCode(frame.kind)) {
        case 'R': return this.begin(frame);
        case 'L': return this.load(frame);
        case 'K': return this.check(frame);
        case 'U': return void this.scripts.delete(frame.head.script);
        case 'P': return this.send('P', { n: frame.head.n }, []);
        case 'S': return this.start(frame);
        case 'Y': return undefined;
        default: throw new BrokenFrame(`of unknown type ${frame.kind}`);
        }
    }

    start(frame) {
        this.setup = { config: JSON.stringify(frame.head.config || {}) };
        if (frame.head.memory_bytes > 0) {
            v8.setFlagsFromString(`--max-old-space-size=${Math.max(16, frame.head.memory_bytes >> 20)}`);
        }
        this.send('H', { protocol: 'json1', engine: frame.head.engine || 'nodejs',
            version: process.versions.node, interrupts: false }, []);
        this.flush();
    }

    load(frame) {
        if (this.scripts.size >= kMostScripts) this.scripts.delete(this.scripts.keys().next().value);
        const script = new Script(String(frame.head.name || 'script'), frame.parts.text('text'));
        this.scripts.set(frame.head.script, script);
    }

    /** Compiles, keeps nothing, runs nothing. */
    check(frame) {
        const { error } = new Script(String(frame.head.name || 'script'), frame.parts.text('text'));
        this.send('D', error === null ? { run: frame.head.run } : { run: frame.head.run, error }, []);
    }

    // --- a run

    begin(frame) {
        const script = this.scripts.get(frame.head.script);
        if (script === undefined) {
            this.send('D', { run: frame.head.run, error: { message: 'The script was not loaded.' } }, []);
            return;
        }
        // Answers that are held back would be lost with a script that never ends.
        if (!script.isQuick && this.connection.held > 0) this.flush();
        if (script.imports === null || script.imports.length > 0) this.clean.prepare(script);
        this.run = new NodeRun(frame, script, this.config, this.hold);
        current.run = this.run;
        this.startedAt = now();
        this.run.start(kApi);
    }

    /** Takes the run as far as it goes now. False when the event loop has to turn first. */
    settle() {
        const { run } = this;
        for (;;) {
            this.drain();
            if (!run.isAbandoned && process.getActiveResourcesInfo().length > 0) {
                if (run.error !== null) this.abandonLater();
                if (run.isWaiting) this.readLater();
                this.flush();
                return false;
            }
            if (!run.isWaiting) break;
            this.receive();
        }
        if (run.isOpen && run.error === null && !this.isLoopDry) return this.turnOnce();
        if (run.isOpen) run.fail(new Error('The script ended while something it awaits was still pending.'));
        this.finish();
        return true;
    }

    /** An error is told even if what the run has started (a server, an interval) never ends. */
    abandonLater() {
        const { run } = this;
        if (run.isFailing) return;
        run.isFailing = true;
        startTimer(() => {
            if (this.run !== run) return;
            run.isAbandoned = true;
            guard(this, () => this.pump());
        }, kAfterFailureMs).unref();
    }

    /** What no list of resources shows (a compilation of WebAssembly) is still done by one turn. */
    turnOnce() {
        this.isLoopDry = true;
        setImmediate(() => {});
        this.flush();
        return false;
    }

    drain() {
        try {
            drainMicrotasks();
        } catch (thrown) {
            this.run.fail(thrown);
        }
    }

    /** Blocks for the next reply; runs that come in between wait. */
    receive() {
        for (;;) {
            const frame = this.connection.take();
            if (frame === null) {
                this.flush();
                if (!this.connection.fill()) this.leave(0);
            } else if (this.sort(frame)) {
                return;
            }
        }
    }

    /** True for a reply; anything else waits for its turn. */
    sort(frame) {
        if (frame.kind !== 0x59) {
            this.pending.push(frame);
            return false;
        }
        this.run.deliver(frame);
        return true;
    }

    /** The same on the event loop, for a run that waits for other things too. */
    readLater() {
        if (this.isReading) return;
        this.isReading = true;
        this.flush();
        this.connection.fillLater((isOpen) => {
            this.isReading = false;
            if (!isOpen) this.leave(0);
            for (let frame = this.connection.take(); frame !== null; frame = this.connection.take()) {
                this.sort(frame);
            }
            if (this.run !== null && this.run.isWaiting) this.readLater();
        });
    }

    finish() {
        const { run } = this;
        const { head, parts } = run.finish();
        this.isLoopDry = false;
        const reason = this.clean.restore(run.script);
        if (run.isAbandoned) head.retire = 'failed with work still pending';
        else if (reason !== null) head.retire = reason;
        else if (this.children.left()) head.retire = 'left processes behind';
        this.run = null;
        current.run = null;
        const tookMs = now() - this.startedAt;
        if (run.script.reachesFurther && head.retire === undefined) {
            const left = this.leftovers.look(tookMs);
            if (left !== null) head.retire = left;
        }
        run.script.isQuick = tookMs < kQuickMs;
        head.us = Math.round(tookMs * 1000);
        this.answer(head, parts);
        // The runs behind this one are the server's again.
        if (head.retire !== undefined) this.leave(0);
    }

    answer(head, parts) {
        try {
            this.send('D', head, parts);
        } catch (error) {
            const message = `The script's output is too large: ${error.message}.`;
            this.send('D', { run: head.run, error: { message, limit: 'output' } }, []);
        }
    }

    // --- what interrupts a run

    /** For uncaughtException and unhandledRejection. */
    fault(thrown) {
        if (this.run !== null) this.run.fail(thrown);
        else this.log('error', `outside a run: ${thrown && thrown.stack || thrown}`);
    }

    /** process.exit and its kin end the run with an error, and this process with it. */
    exit(how) {
        if (this.run !== null) {
            this.run.error = null;
            this.run.fail(new Error(`The script called ${how}.`));
            const { head } = this.run.finish();
            head.retire = `the script called ${how}`;
            this.send('D', head, []);
        }
        this.leave(0);
    }

    leave(code) {
        this.connection.flush();
        reallyExit.call(process, code);
    }

    log(level, text) {
        const { run } = this;
        const data = run === null ? text : run.admit(text);
        this.send('G', { run: run === null ? 0 : run.head.run, level }, [['text', 'text', data]]);
        if (now() - Math.max(this.flushedAt, this.startedAt) > kLogHoldMs) this.flush();
    }
}

function guard(host, work) {
    try {
        work();
    } catch (error) {
        if (!(error instanceof BrokenFrame)) throw error;
        process._rawDebug(`protocol: ${error.message}`);
        host.leave(3);
    }
}

function main() {
    const host = new NodeHost();
    for (const [name, value] of Object.entries(makeExceptions())) {
        Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
    }
    const load = (name) => host.clean.load(name);
    Object.assign(load, { resolve: host.clean.require.resolve, cache: host.clean.require.cache,
        main: undefined });
    const module = { exports: {}, id: 'script', children: [], paths: [] };
    const names = { require: load, module, exports: module.exports, __filename: 'script',
        __dirname: process.cwd() };
    for (const [name, value] of Object.entries(names)) {
        Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
    }
    output.install((level, text) => host.log(level, text));
    process.exit = (code) => host.exit(`process.exit(${code === undefined ? '' : code})`);
    process.reallyExit = (code) => host.exit(`process.reallyExit(${code})`);
    process.abort = () => host.exit('process.abort()');
    process.on('uncaughtException', (thrown) => host.fault(thrown));
    process.on('unhandledRejection', (thrown) => host.fault(thrown));
    process.on('beforeExit', () => guard(host, () => host.pump()));
    hideOwnModules(path.join(__dirname, '..', path.sep));
    host.clean.settle();
    guard(host, () => host.pump());
}

main();
