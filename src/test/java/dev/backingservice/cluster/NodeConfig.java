package dev.backingservice.cluster;

import java.nio.file.Path;

/// The configuration of what runs on the node.
final class NodeConfig {
  private NodeConfig() {}

  /// Secrets in pods follow within seconds, images are never collected, nothing of the machine
  /// is changed.
  static String kubelet(Path dir, String address, String group) {
    return """
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        containerRuntimeEndpoint: unix://%1$s
        cgroupDriver: cgroupfs
        cgroupRoot: %4$s
        failCgroupV1: false
        failSwapOn: false
        address: %3$s
        healthzBindAddress: 127.0.0.1
        authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: %2$s/../kubelet-client/ca.crt}}
        authorization: {mode: Webhook}
        registerNode: true
        resolvConf: ""
        clusterDomain: cluster.local
        clusterDNS: [%3$s]
        syncFrequency: 5s
        imageGCHighThresholdPercent: 100
        imageMinimumGCAge: 87600h
        evictionHard: {memory.available: 100Mi, nodefs.available: 1%%, nodefs.inodesFree: 1%%, imagefs.available: 1%%, imagefs.inodesFree: 1%%}
        makeIPTablesUtilChains: false
        nodeStatusUpdateFrequency: 5s
        podLogsDir: %2$s/pods
        volumePluginDir: %2$s/plugins
        """
        .formatted(Containers.socket(dir), dir, address, group);
  }

  /// Pods are neighbours on one bridge: an answer finds its way back through the node only when
  /// that is who asked.
  static String proxy(Path kubeconfig, String address, String pods) {
    return """
        apiVersion: kubeproxy.config.k8s.io/v1alpha1
        kind: KubeProxyConfiguration
        clientConnection: {kubeconfig: %1$s}
        hostnameOverride: node
        bindAddress: %2$s
        healthzBindAddress: 127.0.0.1:20256
        metricsBindAddress: 127.0.0.1:20249
        mode: iptables
        clusterCIDR: %3$s
        detectLocalMode: ClusterCIDR
        conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
        iptables: {masqueradeAll: true, minSyncPeriod: 200ms, syncPeriod: 30s}
        nodePortAddresses: ["%3$s"]
        """
        .formatted(kubeconfig, address, pods);
  }

  static String names(Path kubeconfig, String address) {
    return """
        .:53 {
          bind %s
          errors
          ready 127.0.0.1:20181
          cache 5
          kubernetes cluster.local in-addr.arpa {
            kubeconfig %s
            pods insecure
          }
        }
        """
        .formatted(address, kubeconfig);
  }
}
