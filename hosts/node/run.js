'use strict';
/** One run from its frame to its done frame: the event, the platform, what was thrown. */

const { makeEvent, collect } = require('../js/event');
const { Ledger } = require('../js/json_text');
const { describe } = require('../js/exceptions');
const { makeApi, sortArguments, makeResult, callbackArguments } = require('../js/api_call');

class Run {
    constructor(frame, script, host) {
        this.head = frame.head;
        this.parts = frame.parts;
        this.script = script;
        this.host = host;
        this.ledger = new Ledger();
        this.event = null;
        this.error = null;
        this.value = undefined;
        /** True until the function has returned and its promise, if any, has settled. */
        this.isOpen = true;
        /** Calls that wait for their reply, by number. */
        this.waiting = null;
        this.calls = 0;
        this.logged = 0;
    }

    /** Calls the script's function. Never throws. */
    start() {
        if (this.script.error !== null) {
            this.error = this.script.error;
            this.isOpen = false;
            return;
        }
        try {
            this.event = makeEvent(this);
            const value = this.script.main.call(undefined, this.event, this.platform());
            if (value !== null && typeof value === 'object' && typeof value.then === 'function') {
                value.then((settled) => this.close(settled), (reason) => this.fail(reason));
            } else {
                this.close(value);
            }
        } catch (thrown) {
            this.fail(thrown);
        }
    }

    platform() {
        const run = this;
        let { config, session } = kNotRead;
        return {
            api: kApi,
            get config() { return config === kNotRead ? (config = run.host.config()) : config; },
            set config(value) { config = value; },
            get session() { return session === kNotRead ? (session = run.session()) : session; },
            set session(value) { session = value; },
        };
    }

    session() {
        return this.parts.form('session') === null ? {} : this.ledger.decode(this.parts.text('session')).value;
    }

    close(value) {
        this.isOpen = false;
        this.value = value;
    }

    /** The first thing thrown counts. */
    fail(thrown) {
        this.isOpen = false;
        if (this.error === null) this.error = describe(thrown, this.script.file);
    }

    // --- platform.api

    /** Shape: a Promise of the result; a callback among the arguments is called first. */
    ask(verb, args) {
        const { head, payload, callback } = sortArguments(verb, args, this.ledger);
        const call = ++this.calls;
        this.host.send('C', { run: this.head.run, call, ...head },
            payload === null ? [] : [['payload', payload[0], payload[1]]]);
        if (this.waiting === null) this.waiting = new Map();
        return new Promise((resolve) => this.waiting.set(call, { resolve, callback }));
    }

    get isWaiting() {
        return this.waiting !== null && this.waiting.size > 0;
    }

    /** Hands a reply to the script. */
    deliver(frame) {
        const call = this.waiting === null || frame.head.run !== this.head.run
            ? undefined : this.waiting.get(frame.head.call);
        if (call === undefined) return;
        this.waiting.delete(frame.head.call);
        call.resolve(makeResult(frame.head, frame.parts, this.ledger));
        if (call.callback === null) return;
        try {
            call.callback(...callbackArguments(frame.head, frame.parts));
        } catch (thrown) {
            this.fail(thrown);
        }
    }

    // --- the end

    /** The head and parts of the done frame. */
    finish() {
        const head = { run: this.head.run };
        const parts = [];
        if (this.error === null) {
            try {
                collect(this, this.event, this.value, head, parts);
                this.check(parts);
            } catch (thrown) {
                this.fail(thrown);
            }
        }
        return this.error === null ? { head, parts }
            : { head: { run: this.head.run, error: this.error }, parts: [] };
    }

    check(parts) {
        const most = this.head.limits && this.head.limits.output_bytes;
        if (!most) return;
        let size = 0;
        for (const [, , data] of parts) size += data.length;
        if (size <= most) return;
        this.error = { message: `The script's output of ${size} bytes is over its limit of ${most}.`,
            limit: 'output' };
    }
}

const kNotRead = {};
kNotRead.config = kNotRead;
kNotRead.session = kNotRead;

/** The run that platform.api belongs to; set by the host loop. */
const current = { run: null };
const kApi = makeApi((verb, args) => {
    if (current.run === null) throw new Error('platform.api: the run is over');
    return current.run.ask(verb, args);
});

module.exports = { Run, current };
