CREATE TABLE thu_tuc (
    maThuTuc VARCHAR PRIMARY KEY,
    tenThuTuc VARCHAR,
    linhVuc VARCHAR,
    capThucHien VARCHAR
);
CREATE TABLE ho_so (
    maHoSo VARCHAR PRIMARY KEY,
    maThuTuc VARCHAR REFERENCES thu_tuc (maThuTuc),
    tenNguoiNop VARCHAR,
    soGiayToTuyThan VARCHAR,
    sdt VARCHAR,
    ngayTiepNhan TIMESTAMP,
    ngayTra TIMESTAMP,
    trangThai VARCHAR,
    maXa VARCHAR,
    c7 VARCHAR
);
COMMENT ON TABLE thu_tuc IS 'Danh mục thủ tục hành chính';
COMMENT ON COLUMN thu_tuc.tenThuTuc IS 'Tên thủ tục hành chính';
COMMENT ON COLUMN thu_tuc.capThucHien IS 'Cấp thực hiện';
COMMENT ON COLUMN ho_so.maHoSo IS 'Mã hồ sơ thủ tục hành chính';
COMMENT ON COLUMN ho_so.soGiayToTuyThan IS 'Số giấy tờ tùy thân của người nộp';
COMMENT ON COLUMN ho_so.ngayTiepNhan IS 'Thời điểm tiếp nhận';
COMMENT ON COLUMN ho_so.trangThai IS 'Trạng thái xử lý hồ sơ'
