/**
 * DNS messages as values and bytes (RFC 1035, EDNS by RFC 6891, SRV by RFC 2782). Only what Fairlead answers with is
 * modelled; other names' answers pass through as bytes, less the records that belong to no name asked for
 * ({@code Bailiwick}). A malformed message is a {@code MalformedException}, never anything else. Start reading at {@code Query} and {@code Answer}.
 */
package dev.fairlead.dns.message;
