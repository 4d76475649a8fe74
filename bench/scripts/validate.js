for (const row of event.request.payload.resource) {
    if (!row.email.includes("@")) {
        throw new BadRequestException("An email needs an @.");
    }
}
