import ArrayFiles
import Foundation
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    @Test func `a file appears with its bytes and nothing beside it`() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try AtomicFile.write(bytes, to: folder.file("out.bin"))
        #expect(folder.names == ["out.bin"])
        #expect(try folder.bytes("out.bin") == bytes)
        #expect(try AtomicFile.read(folder.file("out.bin")) == bytes)
    }

    @Test func `an existing file stays when writing fails on the way`() throws {
        let folder = try TemporaryFolder()
        try folder.put([1, 2, 3], as: "out.bin")
        let error = try fileError {
            try AtomicFile.write(to: folder.file("out.bin")) { sink throws(FileError) in
                try sink.write([UInt8](repeating: 9, count: 100_000))
                throw FileError(.ioFailure, path: "x", reason: "stop", remedy: "none")
            }
        }
        #expect(error.reason == "stop")
        #expect(folder.names == ["out.bin"])
        #expect(try folder.bytes("out.bin") == [1, 2, 3])
    }

    @Test func `refusing to overwrite leaves the old file and names the reason`() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write([1], to: folder.file("a"), existing: .refuse)
        let error = try fileError {
            try AtomicFile.write([2], to: folder.file("a"), existing: .refuse)
        }
        #expect(error.code == .cannotCreate)
        #expect(error.code.exitStatus == 73)
        #expect(error.reason.contains("already exists"))
        #expect(try folder.bytes("a") == [1])
        try AtomicFile.write([2], to: folder.file("a"))
        #expect(try folder.bytes("a") == [2])
    }

    @Test func `of two writers that refuse to overwrite, the second to finish fails`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.h5")
        let first = try HDF5Writer(path: path, existing: .refuse)
        let second = try HDF5Writer(path: path, existing: .refuse)
        try first.write([Float(1)], shape: [1], to: "x")
        try second.write([Float(2)], shape: [1], to: "x")
        try second.commit()
        #expect(try fileError { try first.commit() }.code == .cannotCreate)
        #expect(folder.names == ["a.h5"])
        #expect(try HDF5Reader(path: path).read("x", as: Float.self).values == [2])
    }

    @Test func `places that cannot hold a file are refused with status 73`() throws {
        let folder = try TemporaryFolder()
        try folder.put([0], as: "plain")
        let places = [
            folder.file("plain/out.bin"), folder.file("missing/out.bin"), folder.path,
            folder.file(".."), folder.file(String(repeating: "n", count: 300)),
        ]
        for place in places {
            let error = try fileError { try AtomicFile.write([1], to: place) }
            #expect(error.code.exitStatus == 73, "\(error)")
            #expect(error.path == place)
            let inHDF5 = try fileError {
                try HDF5Writer.write(to: place) { try $0.write("x", to: "t") }
            }
            #expect(inHDF5.code.exitStatus == 73, "\(inHDF5)")
        }
        #expect(folder.names == ["plain"])
    }

    @Test func `a full device ends with status 74`() throws {
        let error = try fileError { try AtomicFile.write([1, 2], to: "/dev/full") }
        #expect(error.code == .ioFailure)
        #expect(error.code.exitStatus == 74)
        #expect(FileManager.default.fileExists(atPath: "/dev/full"))
    }

    @Test func `a link is followed and not replaced`() throws {
        let folder = try TemporaryFolder()
        try folder.put([1], as: "target")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"), withDestinationPath: folder.file("target"))
        try AtomicFile.write([2], to: folder.file("link"))
        #expect(try folder.bytes("target") == [2])
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("link"))
        #expect(attributes[.type] as? FileAttributeType == .typeSymbolicLink)
    }

    @Test func `partial files of killed writers go with the next writing, others stay`() throws {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["true"]
        try process.run()
        process.waitUntilExit()
        let ofDead = ".out.bin.partial-\(process.processIdentifier)-1"
        let ofLiving = ".out.bin.partial-1-1"
        let ofAnotherName = ".other.bin.partial-\(process.processIdentifier)-1"
        for name in [ofDead, ofLiving, ofAnotherName] { try folder.put([1], as: name) }
        try AtomicFile.write([2], to: folder.file("out.bin"))
        #expect(folder.names == [ofAnotherName, ofLiving, "out.bin"].sorted())
    }

    @Test func `files above the limit are not read`() throws {
        let folder = try TemporaryFolder()
        try folder.put([UInt8](repeating: 1, count: 1000), as: "a")
        #expect(try AtomicFile.read(folder.file("a"), byteLimit: 1000).count == 1000)
        #expect(
            try fileError { _ = try AtomicFile.read(folder.file("a"), byteLimit: 999) }.code
                == .badData)
        let endless = try fileError { _ = try AtomicFile.read("/dev/zero", byteLimit: 1 << 20) }
        #expect(endless.code == .badData)
    }

    @Test func `missing input ends with status 2 and one line`() throws {
        let error = try fileError { _ = try AtomicFile.read("/no/such\nfile") }
        #expect(error.code.exitStatus == 2)
        #expect(!error.description.contains("\n"))
        #expect(error.description.contains("No such file"))
    }
}

@Suite struct RunLockTests {
    @Test func `a second holder is told who the first is, until the first lets go`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("run.lock")
        let first = try RunLock(path: path)
        let error = try fileError { _ = try RunLock(path: path) }
        #expect(error.code == .locked)
        #expect(error.code.exitStatus == 75)
        #expect(error.reason.contains("\(ProcessInfo.processInfo.processIdentifier)"))
        first.release()
        let again = try RunLock(path: path)
        again.release()
    }

    @Test func `the lock of a killed process is taken over`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("run.lock")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "exec 9>'\(path)'; flock 9; echo $$ >&9; exec sleep 60"]
        try process.run()
        defer { process.terminate() }
        while (try? String(contentsOfFile: path, encoding: .utf8))?.hasSuffix("\n") != true {
            usleep(1000)
        }
        let error = try fileError { _ = try RunLock(path: path) }
        #expect(error.reason.contains("\(process.processIdentifier)"))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let lock = try RunLock(path: path)
        let owner = "\(ProcessInfo.processInfo.processIdentifier)\n"
        #expect(try String(contentsOfFile: path, encoding: .utf8) == owner)
        lock.release()
    }

    @Test func `a lock file that cannot be made is status 73`() throws {
        let folder = try TemporaryFolder()
        try folder.put([0], as: "plain")
        let error = try fileError { _ = try RunLock(path: folder.file("plain/run.lock")) }
        #expect(error.code.exitStatus == 73)
    }
}
