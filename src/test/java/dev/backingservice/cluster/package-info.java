/// A cluster of one node with a real kubelet and container runtime, in network, mount and
/// process namespaces of its own (`operator/sandbox/cluster.sh`), and the story that is played
/// on it or on any other cluster.
package dev.backingservice.cluster;
