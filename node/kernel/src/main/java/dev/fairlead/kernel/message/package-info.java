/**
 * Netlink messages (RFC 3549) as bytes and the socket that carries them: {@link
 * dev.fairlead.kernel.message.MessageWriter} writes, {@link dev.fairlead.kernel.message.Attributes} reads, {@link
 * dev.fairlead.kernel.message.NetlinkSocket} asks the kernel. Which messages there are is the business of the packages
 * built on it; nobody outside this module sees it.
 */
package dev.fairlead.kernel.message;
