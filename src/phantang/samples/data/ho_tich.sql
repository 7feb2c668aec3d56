CREATE TABLE KhaiSinh (
    SoDangKy VARCHAR PRIMARY KEY,
    nksHoTen VARCHAR,
    nksNgaySinh DATE,
    nksGioiTinh VARCHAR,
    nksDanToc VARCHAR,
    nksNoiSinh VARCHAR,
    meHoTen VARCHAR,
    meSoGiayToTuyThan VARCHAR,
    chaHoTen VARCHAR,
    chaSoGiayToTuyThan VARCHAR,
    maXa VARCHAR,
    ngayDangKy DATE
);
CREATE TABLE KetHon (
    SoDangKy VARCHAR PRIMARY KEY,
    chongHoTen VARCHAR,
    chongSoGiayToTuyThan VARCHAR,
    voHoTen VARCHAR,
    voSoGiayToTuyThan VARCHAR,
    ngayDangKy DATE,
    maXa VARCHAR
);
COMMENT ON TABLE KhaiSinh IS 'Sổ đăng ký khai sinh điện tử';
COMMENT ON COLUMN KhaiSinh.nksHoTen IS 'Họ, chữ đệm, tên người được khai sinh';
COMMENT ON COLUMN KhaiSinh.nksNgaySinh IS 'Ngày, tháng, năm sinh';
COMMENT ON COLUMN KhaiSinh.nksNoiSinh IS 'Nơi sinh';
COMMENT ON COLUMN KhaiSinh.meSoGiayToTuyThan IS 'Số giấy tờ tùy thân của người mẹ';
COMMENT ON COLUMN KhaiSinh.chaSoGiayToTuyThan IS 'Số giấy tờ tùy thân của người cha';
COMMENT ON COLUMN KhaiSinh.ngayDangKy IS 'Ngày đăng ký khai sinh';
COMMENT ON COLUMN KetHon.chongHoTen IS 'Họ, chữ đệm, tên bên nam';
COMMENT ON COLUMN KetHon.voHoTen IS 'Họ, chữ đệm, tên bên nữ';
COMMENT ON COLUMN KetHon.ngayDangKy IS 'Ngày đăng ký kết hôn'
