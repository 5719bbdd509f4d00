/** Names of Services: the wire codec, pure answers, and the server that joins them. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.dns {
    requires static transitive org.jspecify;
    requires transitive dev.fairlead.core;
    requires transitive dev.fairlead.wire;
    requires dev.fairlead.kernel; // rows of datagrams

    exports dev.fairlead.dns.forward;
    exports dev.fairlead.dns.message;
    exports dev.fairlead.dns.metrics;
    exports dev.fairlead.dns.names;
    exports dev.fairlead.dns.server;
}
