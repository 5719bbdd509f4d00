/**
 * Asking others for what is not ours: which resolvers for which names, which of them answer at all, and what they said
 * before (positive, negative, and for an hour after its time when nobody answers, RFC 8767). Every question goes out from
 * a fresh random port under a random id (RFC 5452); what an answer holds besides is left out. Start reading at {@code Forwarder}.
 */
package dev.fairlead.dns.forward;
