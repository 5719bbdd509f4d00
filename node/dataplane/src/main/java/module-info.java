/** RouteTable to traffic. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.dataplane {
    requires static transitive org.jspecify;
    requires transitive dev.fairlead.core;
    requires transitive dev.fairlead.wire;
    requires transitive dev.fairlead.kernel;

    exports dev.fairlead.dataplane.balance;
    exports dev.fairlead.dataplane.hooks;
    exports dev.fairlead.dataplane.layout;
    exports dev.fairlead.dataplane.nftables;
    exports dev.fairlead.dataplane.relay;
    exports dev.fairlead.dataplane.socket;
    exports dev.fairlead.dataplane.sockets;
    exports dev.fairlead.dataplane.testing;
    exports dev.fairlead.dataplane;
}
