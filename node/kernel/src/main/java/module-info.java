/**
 * The only native code of Fairlead: system calls through java.lang.foreign, and on top of them namespaces, processes,
 * route netlink, raw sockets with epoll, probes of what this machine allows, and the lab in which traffic is tested.
 */
@org.jspecify.annotations.NullMarked
module dev.fairlead.kernel {
    requires static transitive org.jspecify;

    exports dev.fairlead.kernel;
    exports dev.fairlead.kernel.bpf;
    exports dev.fairlead.kernel.conntrack;
    exports dev.fairlead.kernel.namespace;
    exports dev.fairlead.kernel.netlink;
    exports dev.fairlead.kernel.nftables;
    exports dev.fairlead.kernel.process;
    exports dev.fairlead.kernel.socket;
    exports dev.fairlead.kernel.testing;
}
