'use strict';
/** A run in Node.js: platform.api answers with promises and callbacks. */

const { Run } = require('../js/run');
const { makeApi, sortArguments, makeResult, callbackArguments } = require('../js/api_call');

class NodeRun extends Run {
    /** `send(kind, head, parts)` holds a frame for the server. */
    constructor(frame, script, config, send) {
        super(frame, script, config);
        this.send = send;
        /** Calls that wait for their reply, by number. */
        this.waiting = null;
        this.calls = 0;
        /** It has failed, and what it left to do is given a little time; then it is not waited for. */
        this.isFailing = false;
        this.isAbandoned = false;
    }

    /** Shape: a Promise of the result; a callback among the arguments is called first. */
    ask(verb, args) {
        const { head, payload, callback } = sortArguments(verb, args, this.ledger);
        const call = ++this.calls;
        this.send('C', { run: this.head.run, call, ...head },
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
}

/** The run that platform.api belongs to; set by the host loop. */
const current = { run: null };
const kApi = makeApi((verb, args) => {
    if (current.run === null) throw new Error('platform.api: the run is over');
    return current.run.ask(verb, args);
});

module.exports = { NodeRun, current, kApi };
