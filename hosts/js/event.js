'use strict';
/**
 * The event a script is given, and what it changed in it.
 * Parts of the run frame are decoded when the script first reads them; nothing that was never read
 * or written is looked at again. Source: hosts/PROTOCOL.md sections 3 and 4.
 */

// Taken before any script can replace them.
const { defineProperty, freeze, getPrototypeOf } = Object;
const parse = JSON.parse;

/** The run that is on, or was last: one at a time. */
const latest = { run: null };
const kResponseMembers = ['status_code', 'content', 'content_type', 'headers'];

function isMap(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value) && !isBytes(value);
}

function isBytes(value) {
    return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

/** One part of the frame as one member of the event. */
class Slot {
    constructor(run, name, missing) {
        this.run = run;
        this.name = name;
        this.missing = missing;
        this.isDecoded = false;
        this.isTouched = false;
        this.document = null;
        this.value = undefined;
    }

    get() {
        this.isTouched = true;
        if (!this.isDecoded) this.value = this.given();
        return this.value;
    }

    set(value) {
        this.isTouched = true;
        this.isDecoded = true;
        this.value = value;
    }

    /** The value as it came. */
    given() {
        this.isDecoded = true;
        const form = this.run.parts.form(this.name);
        if (form === null) return this.absent();
        if (form === 'text') return this.run.parts.text(this.name);
        if (form === 'bytes') return this.run.parts.bytes(this.name);
        return this.decode(this.run.parts.text(this.name), this.run.parts.shape(this.name));
    }

    decode(text, shape) {
        this.document = this.run.ledger.decode(text, shape);
        return this.document.value;
    }

    absent() {
        return this.missing === '{}' ? {} : null;
    }

    /** The JSON text that came, if this part is JSON. */
    givenText() {
        const form = this.run.parts.form(this.name);
        if (form === 'json') return this.run.parts.text(this.name);
        return form === null ? this.missing : null;
    }

    /** `text` is what the value encodes to now. */
    isGiven(text, value) {
        const given = this.givenText();
        if (given === null) return false;
        if (text === given) return true;
        if (this.document === null && given !== '{}' && given !== 'null') {
            this.document = this.run.ledger.decode(given);
        }
        if (this.document === null) return false;
        return text === this.document.canonical
            || this.run.ledger.isLiteral && JSON.stringify(value) === this.document.canonical;
    }
}

/** `request.payload`: the part of that name, or the body when the body is JSON itself. */
class PayloadSlot extends Slot {
    absent() {
        const text = this.givenText();
        return text === '{}' ? {} : this.decode(text, this.run.parts.shape('request.content'));
    }

    givenText() {
        const parts = this.run.parts;
        if (parts.form(this.name) === 'json') return parts.text(this.name);
        if (parts.form('request.content') !== 'text') return '{}';
        if (this.body === undefined) {
            this.body = parts.text('request.content');
            try {
                parse(this.body);
            } catch {
                this.body = '{}';
            }
        }
        return this.body;
    }
}

class EventMethods {
    constructor(resource) {
        this.resource = resource;
    }

    setResponse(content, statusCode = 200, contentType = 'application/json') {
        this.response = { content, status_code: statusCode, content_type: contentType };
    }

    setRequest(request) {
        this.request = request;
    }

    setReturn(value) {
        const run = runOf(this, 'event');
        if (run !== null) run.returned = value;
    }
}

/** The run whose `member` is `holder` or what `holder` was made from; null when that run is over. */
function runOf(holder, member) {
    const { run } = latest;
    if (run === null) return null;
    for (let one = holder; one !== null && typeof one === 'object'; one = getPrototypeOf(one)) {
        if (one === run[member]) return run;
    }
    return null;
}

/**
 * A property that is worked out when it is first read. Its functions are the same for all runs: an object with
 * functions of its own makes V8 keep a hidden class for each one, and with it everything the run held, until the
 * next full collection. That cost a third of a host's time.
 * `member` is where a run keeps the object that has the property. `get(run)` and `set(run, value)` do the work.
 */
function lazily(member, get, set) {
    const property = {
        enumerable: true,
        configurable: true,
        get() {
            const run = runOf(this, member);
            return run === null ? undefined : get(run);
        },
        set(value) {
            const run = runOf(this, member);
            if (run !== null) set(run, value);
        },
    };
    // A script can get hold of them: nothing may be left on them for the next.
    freeze(property.get);
    freeze(property.set);
    return property;
}

const ofRequest = (name) => lazily('requestView', (run) => run.requestSlots[name].get(),
    (run, value) => run.requestSlots[name].set(value));
const ofResponse = (name) => lazily('responseView', (run) => run.responseSlots[name].get(),
    (run, value) => run.responseSlots[name].set(value));

const kRequest = { parameters: ofRequest('parameters'), headers: ofRequest('headers'),
    content: ofRequest('content'), payload: ofRequest('payload') };
const kResponse = { headers: ofResponse('headers'), content: ofResponse('content') };
const kEvent = {
    request: lazily('event', (run) => run.request || (run.request = requestView(run)), (run, value) => {
        if (run.requestSlots === null) requestView(run);
        run.request = value;
        run.hasNewRequest = true;
    }),
    response: lazily('event', (run) => {
        if (run.response === null && !run.hasNewResponse) run.response = responseView(run);
        return run.response;
    }, (run, value) => {
        if (run.responseSlots === null) responseView(run);
        run.response = value;
        run.hasNewResponse = true;
    }),
};

function requestView(run) {
    const given = run.head.request;
    run.requestSlots = {
        parameters: new Slot(run, 'request.parameters', '{}'),
        headers: new Slot(run, 'request.headers', '{}'),
        content: new Slot(run, 'request.content', 'null'),
        payload: new PayloadSlot(run, 'request.payload', '{}'),
    };
    // In the order in which the event has always shown them.
    const view = { api_version: given.api_version, method: given.method };
    defineProperty(view, 'parameters', kRequest.parameters);
    defineProperty(view, 'headers', kRequest.headers);
    defineProperty(view, 'content', kRequest.content);
    view.content_type = given.content_type;
    defineProperty(view, 'payload', kRequest.payload);
    view.uri = given.uri;
    view.service = given.service;
    run.requestView = view;
    return view;
}

function responseView(run) {
    const given = run.head.response;
    run.responseSlots = {
        headers: new Slot(run, 'response.headers', '{}'),
        content: new Slot(run, 'response.content', 'null'),
    };
    const view = { status_code: given.status_code };
    defineProperty(view, 'headers', kResponse.headers);
    defineProperty(view, 'content', kResponse.content);
    view.content_type = given.content_type;
    run.responseView = view;
    return view;
}

/**
 * A run as the event sees it: `head`, `parts` {form, text, bytes by name} and `ledger`.
 * `returned` holds what setReturn was given.
 */
function makeEvent(run) {
    run.request = null;
    run.response = null;
    run.requestView = null;
    run.responseView = null;
    run.hasNewRequest = false;
    run.hasNewResponse = false;
    run.requestSlots = null;
    run.responseSlots = null;
    run.returned = undefined;
    latest.run = run;
    const event = new EventMethods(run.head.resource);
    defineProperty(event, 'request', kEvent.request);
    if (run.head.response !== undefined) defineProperty(event, 'response', kEvent.response);
    run.event = event;
    return event;
}

/** A map of strings, as JSON text. */
function stringMap(run, value) {
    if (!isMap(value)) return '{}';
    const out = {};
    for (const key of Object.keys(value)) {
        const member = value[key];
        if (member === undefined || typeof member === 'function') continue;
        out[key] = typeof member === 'string' ? member : run.ledger.encode(member);
    }
    return JSON.stringify(out);
}

/** [form, data] of a value that goes into a part. Null where JSON has no word for it. */
function formOf(run, value) {
    if (typeof value === 'string') return ['text', value];
    if (isBytes(value)) {
        return ['bytes', value instanceof ArrayBuffer ? new Uint8Array(value)
            : new Uint8Array(value.buffer, value.byteOffset, value.byteLength)];
    }
    const text = run.ledger.encode(value);
    return text === undefined ? null : ['json', text];
}

function sameBytes(a, b) {
    if (b === null || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    return true;
}

/** Adds a part of free form when the value is another than the one given. */
function collectContent(run, parts, slot, given) {
    const value = given === undefined ? null : given;
    const made = formOf(run, value) || ['json', 'null'];
    const form = run.parts.form(slot.name);
    if (made[0] === 'json' && form !== 'text' && form !== 'bytes') {
        if (slot.isGiven(made[1], value)) return;
    } else if (made[0] === 'text') {
        if (form === 'text' && made[1] === run.parts.text(slot.name)) return;
        if (form === 'json' && slot.isGiven(JSON.stringify(value), value)) return;
    } else if (made[0] === 'bytes' && form === 'bytes') {
        if (sameBytes(made[1], run.parts.bytes(slot.name))) return;
    }
    parts.push([slot.name, made[0], made[1]]);
}

function collectMap(run, parts, slot, value) {
    const text = stringMap(run, value);
    if (!slot.isGiven(text, value)) parts.push([slot.name, 'json', text]);
}

function collectPayload(run, parts, slot, value) {
    const text = run.ledger.encode(value === undefined ? null : value) || 'null';
    if (!slot.isGiven(text, value)) parts.push([slot.name, 'json', text]);
}

/** A new map says only what it has; the given view says what was touched or taken away. */
function isNamed(holder, key, slot, isNew) {
    if (isNew) return holder[key] !== undefined;
    return slot.isTouched || !(key in holder);
}

function collectRequest(run, head, parts, view, isNew) {
    if (!isMap(view)) return;
    const slots = run.requestSlots;
    const given = run.head.request;
    const changed = {};
    if (typeof view.method === 'string' && view.method !== given.method) changed.method = view.method;
    if (typeof view.content_type === 'string' && view.content_type !== given.content_type) {
        changed.content_type = view.content_type;
    }
    if (changed.method !== undefined || changed.content_type !== undefined) head.request = changed;
    if (isNamed(view, 'parameters', slots.parameters, isNew)) {
        collectMap(run, parts, slots.parameters, view.parameters);
    }
    if (isNamed(view, 'headers', slots.headers, isNew)) collectMap(run, parts, slots.headers, view.headers);
    if (isNamed(view, 'payload', slots.payload, isNew)) {
        collectPayload(run, parts, slots.payload, view.payload);
    }
    if (isNamed(view, 'content', slots.content, isNew)) {
        collectContent(run, parts, slots.content, view.content);
    }
}

/** Throws for what is no status of HTTP. */
function statusOf(value) {
    const isNumeral = typeof value === 'number' || typeof value === 'string' && value.trim() !== '';
    const status = isNumeral ? Number(value) : NaN;
    if (Number.isInteger(status) && status >= 200 && status <= 599) return status;
    throw new TypeError('event.response.status_code must be a number from 200 to 599');
}

function collectResponse(run, head, parts, view, isNew) {
    if (isNew && !(isMap(view) && kResponseMembers.some((key) => key in view))) {
        const isNothing = view === null || view === undefined
            || isMap(view) && Object.keys(view).length === 0 && typeof view.toJSON !== 'function';
        if (!isNothing) collectContent(run, parts, run.responseSlots.content, view);
        return;
    }
    const slots = run.responseSlots;
    const given = run.head.response || {};
    const changed = {};
    const status = view.status_code;
    if (status !== given.status_code && status !== null && status !== undefined) changed.status_code = statusOf(status);
    if (typeof view.content_type === 'string' && view.content_type !== given.content_type) {
        changed.content_type = view.content_type;
    }
    if (changed.status_code !== undefined || changed.content_type !== undefined) head.response = changed;
    if (isNamed(view, 'headers', slots.headers, isNew)) collectMap(run, parts, slots.headers, view.headers);
    if (isNamed(view, 'content', slots.content, isNew)) {
        collectContent(run, parts, slots.content, view.content);
    }
}

function isFalsy(value) {
    if (!value) return true;
    if (Array.isArray(value)) return value.length === 0;
    return isMap(value) && Object.getPrototypeOf(value) === Object.prototype && Object.keys(value).length === 0;
}

function collectReturn(run, head, parts, value) {
    if (value === undefined || value === null) return;
    const made = formOf(run, value);
    if (made === null) return;
    if (isFalsy(value)) head.falsy = true;
    parts.push(['return', made[0], made[1]]);
}

/**
 * What a finished run says: members go into `head`, parts are pushed as [name, form, string or bytes].
 * `isReadOnly`: the script cannot have changed its event, only returned something.
 * Throws what encoding a script's value throws (a cycle, a failing toJSON).
 */
function collect(run, event, returned, head, parts, isReadOnly) {
    if (isReadOnly) {
        collectReturn(run, head, parts, returned);
        return;
    }
    const request = run.requestSlots === null ? null : event.request;
    if (request !== null) collectRequest(run, head, parts, request, run.hasNewRequest);
    if (run.head.response !== undefined) {
        if (run.responseSlots !== null) {
            const response = event.response;
            collectResponse(run, head, parts, response, run.hasNewResponse || !isMap(response));
        }
    } else if (event.response !== undefined) {
        if (run.responseSlots === null) {
            run.responseSlots = {
                headers: new Slot(run, 'response.headers', '{}'),
                content: new Slot(run, 'response.content', 'null'),
            };
        }
        collectResponse(run, head, parts, event.response, true);
    }
    if (event.stop_propagation) head.stop = true;
    collectReturn(run, head, parts, run.returned === undefined ? returned : run.returned);
}

module.exports = { makeEvent, collect, lazily, formOf, isMap };
