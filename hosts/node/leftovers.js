'use strict';
/**
 * What runs leave behind that the process keeps for them: open files, and files in the folders that are the
 * host's alone. A little of it is nobody's harm; more takes from the next run what it needs.
 */

const { openSync, closeSync, statfsSync } = require('fs');

/** Beside those open when the host has started. */
const kMostOpen = 64;
/** Time of runs between two looks. Opening a file takes 1.5 us at the least, one look 2 to 5. */
const kOpenMs = 0.5;
/** A page of a tmpfs takes 0.3 us to fill at the least: 26 MB, and half a /tmp is 32. */
const kFullMs = 2;

/** The kernel gives the lowest number that is free: no lower one is. */
function lowestFree() {
    try {
        const descriptor = openSync('/dev/null');
        closeSync(descriptor);
        return descriptor;
    } catch {
        return Infinity;
    }
}

function isHalfFull(folder) {
    try {
        const { blocks, bfree, files, ffree } = statfsSync(folder);
        return bfree < blocks / 2 || ffree < files / 2;
    } catch {
        return false;
    }
}

class Leftovers {
    constructor() {
        /** Of the machine's own nothing is asked. */
        this.folders = process.env.HOME === '/tmp' && statfsSync !== undefined ? ['/tmp', '/dev/shm'] : [];
        this.most = lowestFree() + kMostOpen;
        this.openingMs = 0;
        this.fillingMs = 0;
    }

    /** After a run that took so long. Shape: why the host must go, or null. */
    look(tookMs) {
        this.openingMs += tookMs;
        if (this.openingMs < kOpenMs) return null;
        this.fillingMs += this.openingMs;
        this.openingMs = 0;
        if (lowestFree() > this.most) return 'left files open';
        if (this.fillingMs < kFullMs) return null;
        this.fillingMs = 0;
        const full = this.folders.find(isHalfFull);
        return full === undefined ? null : `left ${full} more than half full`;
    }
}

module.exports = { Leftovers };
