//! The portal by itself.

use medward_demo::drill::{Client, Target, plan, prove};
use medward_demo::{Portal, PortalError};

use crate::bench_room::Room;

#[tokio::test]
async fn every_attack_works_when_sent_straight_to_the_portal() {
    let room = Room::open().await;
    let report = prove(&room.portal, &plan(1)).await.unwrap();
    assert_eq!(report.failed, []);
    assert_eq!(report.succeeded, report.attacks);
}

#[tokio::test]
async fn every_benign_request_gets_a_good_answer_and_the_same_one_twice() {
    let room = Room::open().await;
    let mut client = Client::new(Target::plain(room.portal.address()));
    for seed in 1..=3 {
        for request in plan(seed).benign {
            let first = client.send(&request).await.unwrap();
            let second = client.send(&request).await.unwrap();
            assert!((200..400).contains(&first.status), "{} {} {}", first.status, request.method, request.target);
            assert_eq!(
                (first.status, &first.body),
                (second.status, &second.body),
                "{} {}",
                request.method,
                request.target
            );
        }
    }
}

#[tokio::test]
async fn no_benign_answer_holds_what_an_attack_is_after() {
    let room = Room::open().await;
    let mut client = Client::new(Target::plain(room.portal.address()));
    for request in plan(2).benign {
        let reply = client.send(&request).await.unwrap();
        for treasure in ["MEDWARD-DEMO-SECRET", "DEMO-HASH", "root:x:0:0", "uid=", "保密检验项目", "未公开医师"]
        {
            assert!(!reply.contains(treasure), "{treasure} in {}", request.target);
        }
    }
}

#[tokio::test]
async fn each_arrival_is_logged_with_its_mark_in_memory_and_on_disk() {
    let room = Room::open().await;
    let mut client = Client::new(Target::plain(room.portal.address()));
    let requests = &plan(4).benign[..5];
    for request in requests {
        client.send(request).await.unwrap();
    }
    let arrivals = room.portal.log().since(0);
    let marks: Vec<_> = arrivals.iter().map(|arrival| arrival.drill_id.as_deref().unwrap()).collect();
    assert_eq!(marks, requests.iter().map(|request| request.id.as_str()).collect::<Vec<_>>());
    assert_eq!(arrivals.iter().map(|arrival| arrival.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let file = std::fs::read_to_string(room.folder.path().join("portal.log")).unwrap();
    assert_eq!(file.lines().count(), 5);
    assert!(file.lines().next().unwrap().contains(&requests[0].id));
}

#[tokio::test]
async fn the_portal_refuses_to_listen_beyond_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let error = Portal::open("0.0.0.0:0".parse().unwrap(), folder.path()).await.err().unwrap();
    assert!(matches!(error, PortalError::NotLoopback(_)), "{error}");
}

#[tokio::test]
async fn the_portal_leaves_a_folder_alone_that_is_not_its_own() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("site")).unwrap();
    std::fs::write(folder.path().join("site/thesis.txt"), "three years of work").unwrap();
    let error = Portal::open("127.0.0.1:0".parse().unwrap(), folder.path()).await.err().unwrap();
    assert!(matches!(error, PortalError::Folder { .. }), "{error}");
    assert!(folder.path().join("site/thesis.txt").exists());
}

#[tokio::test]
async fn a_second_start_in_the_same_folder_begins_afresh() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let portal = Portal::open("127.0.0.1:0".parse().unwrap(), folder.path()).await.unwrap();
        assert_eq!(portal.log().count(), 0);
    }
}

#[tokio::test]
async fn a_busy_port_is_named() {
    let room = Room::open().await;
    let folder = tempfile::tempdir().unwrap();
    let error = Portal::open(room.portal.address(), folder.path()).await.err().unwrap();
    assert_eq!(error.to_string(), format!("bind the demo portal to {}", room.portal.address()));
}
