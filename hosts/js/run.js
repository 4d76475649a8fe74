'use strict';
/** One run from its frame to its done frame, as far as every JavaScript host does it alike. */

const { makeEvent, collect, lazily } = require('./event');
const { Ledger } = require('./json_text');
const { describe } = require('./exceptions');

const { defineProperty } = Object;
const kNotRead = {};
const kMostOutput = 1 << 20;

const kConfig = lazily('platformView',
    (run) => (run.configValue === kNotRead ? (run.configValue = run.config()) : run.configValue),
    (run, value) => { run.configValue = value; });
const kSession = lazily('platformView',
    (run) => (run.sessionValue === kNotRead ? (run.sessionValue = run.readSession()) : run.sessionValue),
    (run, value) => { run.sessionValue = value; });

class Run {
    /** `frame` is {head, parts}; `script` is {file, main, error, isReadOnly, isSilent}; `config()` makes a fresh platform.config. */
    constructor(frame, script, config) {
        this.head = frame.head;
        this.parts = frame.parts;
        this.script = script;
        this.config = config;
        this.ledger = new Ledger();
        if (script.isSilent) this.ledger.isNeeded = false;
        this.event = null;
        this.platformView = null;
        this.configValue = kNotRead;
        this.sessionValue = kNotRead;
        this.error = null;
        this.value = undefined;
        /** True until the function has returned and its promise, if any, has settled. */
        this.isOpen = true;
        this.logged = 0;
    }

    /** Calls the script's function. Never throws. */
    start(api) {
        if (this.script.error !== null) {
            this.error = this.script.error;
            this.isOpen = false;
            return;
        }
        try {
            this.event = makeEvent(this);
            const main = this.script.main;
            const value = main(this.event, this.platform(api));
            if (value !== null && typeof value === 'object' && typeof value.then === 'function') {
                value.then((settled) => this.close(settled), (reason) => this.fail(reason));
            } else {
                this.close(value);
            }
        } catch (thrown) {
            this.fail(thrown);
        }
    }

    /** `platform`, its configuration and session decoded when first read. */
    platform(api) {
        const platform = { api };
        this.platformView = platform;
        defineProperty(platform, 'config', kConfig);
        defineProperty(platform, 'session', kSession);
        return platform;
    }

    readSession() {
        return this.parts.form('session') === null ? {}
            : this.ledger.decode(this.parts.text('session')).value;
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

    /** The head and parts of the done frame. */
    finish() {
        const head = { run: this.head.run };
        const parts = [];
        if (this.error === null) {
            try {
                collect(this, this.event, this.value, head, parts, this.script.isReadOnly);
                this.check(parts);
            } catch (thrown) {
                this.fail(thrown);
            }
        }
        return this.error === null ? { head, parts }
            : { head: { run: this.head.run, error: this.error }, parts: [] };
    }

    /** Holds what goes back to `limits.output_bytes`, counted in characters of text. */
    check(parts) {
        const most = this.head.limits && this.head.limits.output_bytes;
        if (!most) return;
        let size = 0;
        for (let i = 0; i < parts.length; i++) size += parts[i][2].length;
        if (size <= most) return;
        this.error = {
            message: `The script's output of ${size} bytes is over its limit of ${most}.`,
            limit: 'output',
        };
    }

    /** A printed text, when it may still be logged. Else it ends the run: throws, and counts also when that is caught. */
    admit(text) {
        const most = this.head.limits && this.head.limits.output_bytes || kMostOutput;
        this.logged += text.length;
        if (this.logged <= most) return text;
        const message = 'The script printed more than its limit.';
        if (this.error === null) this.error = { message, limit: 'output' };
        throw new Error(message);
    }
}

module.exports = { Run };
